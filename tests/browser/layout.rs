//! Where things stand: that nothing is cut off, on screens and on paper, and that nothing moves while a page loads.

use std::fmt::Write;

use serde_json::json;

use crate::chromium::Page;
use crate::gallery::Gallery;
use crate::{Check, WIDTHS};

pub(crate) const CHECKS: &[Check] = &[
    ("nothing_is_cut_off_at_any_width", any_width),
    ("nothing_is_cut_off_on_paper_or_in_forced_colours", other_media),
    ("what_is_scrolled_sideways_shows_that_it_goes_on", edges),
    ("tables_on_a_telephone_have_low_rows", rows),
    ("nothing_moves_while_a_page_loads", no_shift),
];

/// The most that may move while a page loads: [cumulative layout shift](https://web.dev/articles/cls).
const SHIFT: f64 = 0.01;

/// What is cut off: text that stands beyond the window's edges and cannot be scrolled to by itself.
fn cut_off(page: &Page<'_>, what: &str, is_paper: bool) -> Vec<String> {
    let script = r#"((isPaper) => {
        const found = [];
        const { scrollWidth } = document.scrollingElement;
        if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} px wide`);
        const scrolls = (element) => !isPaper && element !== document.body
            && (["auto", "scroll"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
        const isForScreenReaders = (element) => element !== document.body
            && (element.clientWidth === 1 && element.clientHeight === 1 || isForScreenReaders(element.parentElement));
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const { currentNode: text, currentNode: { parentElement: element } } = texts;
            const range = document.createRange();
            range.selectNodeContents(text);
            const isOutside = ({ left, right, width }) => width && (right > innerWidth + 1 || left < -1);
            if (text.data.trim() && element.checkVisibility({ visibilityProperty: true })
                && [...range.getClientRects()].some(isOutside) && !scrolls(element) && !isForScreenReaders(element)) {
                found.push(`<${element.localName} class="${element.getAttribute("class")}"> ${text.data.trim().slice(0, 60)}`);
            }
        }
        return found;
    })"#;
    let found = page.evaluate(&format!("{script}({is_paper})"));
    found.as_array().unwrap().iter().map(|found| format!("{what}: {found}")).collect()
}

/// Opens every part of a page that can be.
fn open_all(page: &Page<'_>) {
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
}

fn any_width(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    let mut found = Vec::new();
    for (what, url) in gallery.pages() {
        page.open(&url);
        for width in WIDTHS {
            page.resize(width);
            found.extend(cut_off(&page, &format!("{what}, {width} px"), false));
        }
        open_all(&page);
        found.extend(cut_off(&page, &format!("{what}, 320 px, opened"), false));
        let popovers = page.evaluate("document.querySelectorAll('[popover]').length").as_u64().unwrap();
        for number in 0..popovers.min(4) {
            page.evaluate(&format!("document.querySelectorAll('[popover]')[{number}].showPopover()"));
            found.extend(cut_off(&page, &format!("{what}, 320 px, popover {number}"), false));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn other_media(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    let mut found = Vec::new();
    for (what, url) in gallery.pages() {
        page.emulate("screen", &[("forced-colors", "active")]);
        page.resize(320);
        page.open(&url);
        found.extend(cut_off(&page, &format!("{what}, 320 px, in forced colours"), false));
        // A4 with margins of 2 cm, at 96 px an inch.
        page.resize(642);
        page.emulate("print", &[]);
        found.extend(cut_off(&page, &format!("{what} on paper"), true));
        let hidden = "[...document.querySelectorAll('main details:not([open]) > :not(summary)')]
            .filter((part) => part.parentElement.checkVisibility() && !part.checkVisibility()).length";
        let closed = page.evaluate(hidden);
        if closed != 0 {
            found.push(format!("{what}: {closed} parts are left out on paper"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn edges(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    let mut found = Vec::new();
    page.resize(320);
    for (what, url) in gallery.pages() {
        page.open(&url);
        open_all(&page);
        let silent = page.evaluate(
            "[...document.querySelectorAll('main *')]
                .filter((part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX === 'auto')
                .filter((part) => getComputedStyle(part).animationName !== 'edges')
                .map((part) => `<${part.localName} class=\"${part.className}\">`)",
        );
        found.extend(silent.as_array().unwrap().iter().map(|part| format!("{what}: {part}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The most lines of text that the cells of a table in prose may be squeezed to.
const LINES: f64 = 3.0;

fn rows(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    page.resize(320);
    page.open(&gallery.full.server.url("/markdown/"));
    let most = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.table td')].map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return range.getBoundingClientRect().height / parseFloat(getComputedStyle(cell).lineHeight);
        }))",
    );
    assert!(most.as_f64().unwrap() <= LINES, "a cell of a table has {most} lines");
}

fn no_shift(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    // Slow enough for what comes late to come after the first paint.
    let slow = json!({"offline": false, "latency": 40, "downloadThroughput": 200_000, "uploadThroughput": 200_000});
    page.call("Network.emulateNetworkConditions", &slow);
    page.call("Network.setCacheDisabled", &json!({"cacheDisabled": true}));
    let measure = "(async () => {
        const shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true });
        const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        for (let at = 0; at < document.body.scrollHeight; at += 1500) { scrollTo({ top: at, behavior: 'instant' }); await wait(20); }
        await wait(100);
        const moved = shifts.flatMap(({ sources }) => sources).map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.data);
        return [shifts.reduce((sum, { value }) => sum + value, 0), moved.join('; ')];
    })()";
    let (mut most, mut found) = (0.0_f64, String::new());
    for width in [1280, 390] {
        page.resize(width);
        for (what, url) in gallery.pages() {
            page.open(&url);
            let measured = page.evaluate(measure);
            let shift = measured[0].as_f64().unwrap();
            most = most.max(shift);
            if shift >= SHIFT {
                let _ = writeln!(found, "{what}, {width} px: {shift}\n    {}", measured[1].as_str().unwrap());
            }
        }
    }
    println!("    the largest layout shift is {most:.4}");
    assert!(found.is_empty(), "{found}");
}
