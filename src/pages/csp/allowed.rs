use crate::config::BaseUrl;

/// Whether a URL leads to the site itself.
pub(super) fn is_of_site(url: &str, base_url: &BaseUrl) -> bool {
    let Some((scheme, rest)) = scheme(url) else {
        return !url.starts_with("//");
    };
    let own = base_url.origin();
    own.strip_prefix(scheme).and_then(|own| own.strip_prefix("://")).is_some_and(|host| {
        rest.strip_prefix("//").is_some_and(|rest| rest.split(['/', '?', '#']).next() == Some(host))
    })
}

/// The scheme of a URL and what stands behind the colon, if it has one.
pub(super) fn scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then_some((scheme, rest))
}

/// Whether a source allows a URL of another host, by [section 6.7.2.8](https://www.w3.org/TR/CSP3/#match-url-to-source-expression).
pub(super) fn matches(source: &str, url: &str) -> bool {
    // Without a scheme it is that of the page, of which the better one is assumed.
    let (of_url, rest) = scheme(url).unwrap_or(("https", url));
    let Some(rest) = rest.strip_prefix("//") else {
        return source.strip_suffix(':') == Some(of_url);
    };
    if source == "*" || source.strip_suffix(':') == Some(of_url) {
        return true;
    }
    let (wanted, host) = source.split_once("://").map_or((None, source), |(scheme, host)| (Some(scheme), host));
    let (host, path) = host.split_once('/').map_or((host, ""), |(host, path)| (host, path));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, behind) = rest.split_once('/').unwrap_or((rest, ""));
    wanted.is_none_or(|wanted| wanted == of_url || (wanted, of_url) == ("http", "https"))
        && match host.strip_prefix('*') {
            Some(domain) => authority.len() > domain.len() && authority.ends_with(domain),
            None => authority.eq_ignore_ascii_case(host),
        }
        && (path.is_empty() || path == behind || path.ends_with('/') && behind.starts_with(path))
}
