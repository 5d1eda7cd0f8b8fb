//! What browsers load.

/// How many bytes a file has on its way to a browser, compressed by brotli as static hosts do.
pub(crate) fn compressed(bytes: &[u8]) -> usize {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters).unwrap();
    out.len()
}
