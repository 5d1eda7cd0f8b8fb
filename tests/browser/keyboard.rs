//! Readers without a mouse.

use serde_json::json;

use crate::Check;
use crate::chromium::Page;
use crate::gallery::Gallery;

pub(crate) const CHECKS: &[Check] = &[
    ("tab_reaches_everything_and_shows_where_it_is", tab),
    ("details_of_a_result_open_and_close", details),
    ("the_search_is_found_used_and_left", search),
    ("a_footnote_is_shown_beside_its_reference", footnote),
    ("code_is_copied_without_prompts", copying),
];

/// Presses Tab until the focus leaves the page, and gives what was not reached and what showed no ring.
fn tab_through(page: &Page<'_>) -> Vec<String> {
    page.evaluate(
        r#"window.reached = new Set();
        window.described = (element) => element.outerHTML.slice(0, 120);
        window.stops = [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")].filter((element) =>
            element.checkVisibility({ visibilityProperty: true }) && !element.disabled && !element.closest("[popover]"))"#,
    );
    let mut found = Vec::new();
    let stops = page.evaluate("stops.length").as_u64().unwrap();
    for _ in 0..2 * stops {
        page.press("Tab");
        let ring = page.evaluate(
            r#"(() => {
                const element = document.activeElement;
                if (element === document.body) return "left";
                reached.add(element);
                const { outlineStyle, outlineWidth } = getComputedStyle(element);
                const { top, bottom } = element.getBoundingClientRect();
                if (outlineStyle === "none" || parseFloat(outlineWidth) < 1) return "no ring: " + described(element);
                return bottom < 0 || top > innerHeight ? "out of sight: " + described(element) : "";
            })()"#,
        );
        match ring.as_str().unwrap() {
            "left" => break,
            "" => {}
            wrong => found.push(wrong.to_owned()),
        }
    }
    let missed = page.evaluate("stops.filter((stop) => !reached.has(stop)).map(described)");
    found.extend(missed.as_array().unwrap().iter().map(|missed| format!("not reached: {missed}")));
    found
}

fn tab(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    // Else what is scrolled to is in sight only after a while.
    page.emulate("screen", &[("prefers-reduced-motion", "reduce")]);
    for path in ["/cells/", "/markdown/", "/"] {
        for width in [1280, 320] {
            page.resize(width);
            page.open(&gallery.full.server.url(path));
            let found = tab_through(&page);
            assert!(found.is_empty(), "{path}, {width} px:\n{}", found.join("\n"));
        }
    }
}

fn details(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    page.open(&gallery.full.server.url("/three/"));
    // The way that leads to them must not need scripts.
    page.call("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    page.open(&gallery.full.server.url("/three/"));
    page.evaluate("document.querySelector('button[popovertarget]').focus()");
    let is_open = || page.evaluate("document.querySelector('[popover]').matches(':popover-open')");
    page.press("Enter");
    assert_eq!(is_open(), true, "Enter opens it");
    page.press("Tab");
    assert_eq!(page.evaluate("document.querySelector('[popover]').contains(document.activeElement)"), true);
    page.press("Escape");
    assert_eq!(is_open(), false, "Escape closes it");
    assert_eq!(page.evaluate("document.activeElement.matches('button[popovertarget]')"), true, "the focus is back");
}

fn search(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    page.open(&gallery.full.server.url("/markdown/"));
    page.find_search();
    assert_eq!(page.evaluate("document.activeElement.value"), "", "the keys that lead there write nothing");
    page.call("Input.insertText", &json!({"text": "cells"}));
    page.wait_until("document.querySelector('search li a')");
    assert_eq!(page.evaluate("document.querySelector('search [role=status]').textContent.length > 0"), true);
    page.press("ArrowDown");
    assert_eq!(page.evaluate("document.activeElement.matches('search li a')"), true, "arrows lead to results");
    page.press("Escape");
    assert_eq!(page.evaluate("document.activeElement.type"), "search", "Escape leads back");
    assert_eq!(page.evaluate("document.querySelectorAll('search li').length"), 0, "and takes the results away");
    page.press("Enter");
    page.wait_for_event("Enter", "Page.loadEventFired");
    page.wait_until("document.querySelector('main search li a')");
    assert_eq!(page.evaluate("location.search"), "?q=cells");
}

fn footnote(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    page.emulate("screen", &[("prefers-reduced-motion", "reduce")]);
    for width in [1280, 320] {
        page.resize(width);
        page.open(&gallery.full.server.url("/markdown/"));
        let is_shown = || page.evaluate("!!document.querySelector('.note')?.matches(':popover-open')");
        assert_eq!(is_shown(), false);
        page.evaluate("document.querySelector('[role=doc-noteref]').focus()");
        assert_eq!(is_shown(), true, "the focus shows it");
        assert_eq!(page.evaluate("document.querySelector('.note').innerText.trim()"), "A note with code and a link.");
        let inside = "(({ left, right }) => left >= 0 && right <= innerWidth)(document.querySelector('.note').getBoundingClientRect())";
        assert_eq!(page.evaluate(inside), true, "{width} px");
        page.press("Escape");
        assert_eq!(is_shown(), false, "Escape takes it away");
        page.evaluate("document.activeElement.blur()");
        page.point_at("[role=doc-noteref]");
        page.wait_until("document.querySelector('.note').matches(':popover-open')");
        page.point_at(".note");
        assert_eq!(is_shown(), true, "the pointer may go on to it");
        page.point((1.0, 1.0));
        page.wait_until("!document.querySelector('.note').matches(':popover-open')");
    }
}

fn copying(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    page.open(&gallery.full.server.url("/markdown/"));
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }");
    for (block, expected) in [(".code:has(.p)", "cargo test "), (".code:not(:has(.p))", "")] {
        let copied = page.evaluate(&format!(
            "(document.querySelector('{block}').parentElement.querySelector('.copy').click(), window.copied)"
        ));
        assert!(copied.as_str().is_some_and(|text| text.starts_with(expected) && text.len() > 4), "{block}: {copied}");
    }
}
