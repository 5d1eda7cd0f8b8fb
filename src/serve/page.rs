//! What the server shows of its own: the script that keeps pages up to date, and pages for what the site has not.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::live::Shown;

/// The script that keeps a page up to date.
pub(super) const SCRIPT: &str = include_str!("reload.js");

/// A page with the script at the end of its body. Its bytes are otherwise the same.
pub(super) fn with_script(html: &[u8], version: &str, address: &str) -> Vec<u8> {
    let tag = format!(
        r#"<script src="/__blog/reload.js" data-version="{version}" data-page="{}"></script>"#,
        escape(address)
    );
    let end = b"</body";
    let at = html.windows(end.len()).rposition(|part| part.eq_ignore_ascii_case(end)).unwrap_or(html.len());
    [&html[..at], tag.as_bytes(), &html[at..]].concat()
}

/// The page while no build has gone well. It shows the next state by itself.
pub(super) fn waiting(shown: &Shown) -> Response {
    let (status, title) = if shown.errors.is_empty() {
        (StatusCode::SERVICE_UNAVAILABLE, "The first build is under way")
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "The site cannot be built yet")
    };
    let errors: Vec<String> = shown.errors.iter().map(|error| format!("<pre>{}</pre>\n", escape(error))).collect();
    let errors = errors.concat();
    let script =
        format!(r#"<script src="/__blog/reload.js" data-version="{}" data-waiting></script>"#, shown.version());
    (status, plain(title, &format!("{errors}<p>This page shows the site as soon as it is there.</p>\n{script}")))
        .into_response()
}

/// The page for what a site does not have, if it has no `404.html` either.
pub(super) fn missing(shown: &Shown) -> Response {
    let text = "<p>The site has no such page. <a href=\"/\">Its home page</a></p>\n";
    let Html(page) = plain("Not found", text);
    Html(with_script(page.as_bytes(), &shown.version(), "")).into_response()
}

fn plain(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}\n\
         pre {{ padding: 1rem; border-left: .25rem solid #c0392b; white-space: pre-wrap; overflow-wrap: anywhere }}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stands_at_the_end_of_the_body() {
        let tag = r#"<script src="/__blog/reload.js" data-version="v" data-page="/a&amp;b/"></script>"#;
        for (before, after) in [
            ("<body><p>x", "</body></html>"),
            ("<code>&lt;/body&gt;</code><script>'</body>'</script>", "</BODY >\n"),
            ("<p>no body", ""),
            ("", ""),
        ] {
            let page = with_script(format!("{before}{after}").as_bytes(), "v", "/a&b/");
            assert_eq!(String::from_utf8(page).unwrap(), format!("{before}{tag}{after}"));
        }
    }
}
