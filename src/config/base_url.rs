use std::fmt;

use crate::source::Address;

/// Where a site is published: scheme, host and an optional path, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: String,
    path_at: usize,
}

impl BaseUrl {
    /// Reads an absolute `http` or `https` URL.
    ///
    /// # Errors
    /// Says in a phrase what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = text.trim().trim_end_matches('/');
        let host_at = ["https://", "http://"]
            .iter()
            .find(|scheme| url.starts_with(**scheme))
            .ok_or("should begin with `https://` or `http://`")?
            .len();
        if url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '?' | '#')) {
            return Err("should hold a host and a path and nothing else");
        }
        let path_at = url[host_at..].find('/').map_or(url.len(), |at| host_at + at);
        if path_at == host_at {
            return Err("names no host");
        }
        Ok(BaseUrl { url: url.to_owned(), path_at })
    }

    /// The whole URL of a page, for feeds and whatever leaves the site.
    pub fn absolute(&self, address: &Address) -> String {
        format!("{}{}", self.url, address.href())
    }

    /// The URL of a page from the root of its host, for links within the site.
    pub fn local(&self, address: &Address) -> String {
        format!("{}{}", self.path(), address.href())
    }

    /// Scheme and host: `https://example.com`.
    pub fn origin(&self) -> &str {
        &self.url[..self.path_at]
    }

    /// The path below which the site stands: empty, or like `/blog`.
    pub fn path(&self) -> &str {
        &self.url[self.path_at..]
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_below_a_path() {
        let url = BaseUrl::parse("https://example.org/notes/").unwrap();
        let gil = Address::parse("gil").unwrap();
        assert_eq!(url.absolute(&gil), "https://example.org/notes/gil/");
        assert_eq!(url.local(&gil), "/notes/gil/");
        assert_eq!(BaseUrl::parse("http://localhost:4000").unwrap().local(&Address::home()), "/");
    }

    #[test]
    fn what_is_no_base_url() {
        for text in ["example.org", "ftp://example.org", "https://", "https:///x", "https://a b", "https://a/?q"] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }
}
