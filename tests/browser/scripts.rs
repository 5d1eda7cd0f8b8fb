//! Readers without scripts.

use serde_json::{Value, json};

use crate::Check;
use crate::chromium::Page;
use crate::gallery::Gallery;

pub(crate) const CHECKS: &[Check] = &[("a_page_is_whole_without_scripts", whole)];

/// The text that a reader sees, without that of controls.
fn text(page: &Page<'_>) -> Value {
    page.evaluate(
        "document.querySelectorAll('button, search').forEach((control) => control.remove()), document.body.innerText",
    )
}

/// What is hidden though it is no control, and controls that do nothing.
fn faults(page: &Page<'_>) -> Value {
    page.evaluate(
        r#"(() => {
            const works = (control) => control.localName === "button" && control.popoverTargetElement
                || control.type !== "button" && control.form?.getAttribute("action")
                || control.matches("li > input[type=checkbox]:disabled");
            const name = (element) => element.outerHTML.slice(0, 200);
            return [
                ...[...document.querySelectorAll("[hidden]")].filter((hidden) => !hidden.matches("button, form")),
                ...[...document.querySelectorAll("button, input, select, textarea, [role=button], [onclick]")]
                    .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !works(control)),
                ...document.querySelectorAll("a:not([href]), [contenteditable]"),
            ].map(name);
        })()"#,
    )
}

fn whole(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    for (what, url) in gallery.pages() {
        let look = |without: bool| {
            page.call("Emulation.setScriptExecutionDisabled", &json!({"value": without}));
            page.open(&url);
        };
        look(false);
        let with = text(&page);
        look(true);
        assert_eq!(faults(&page), json!([]), "{what}");
        let without = text(&page);
        assert!(without.as_str().unwrap().len() > 20, "{what}: {without}");
        assert_eq!(without, with, "{what}");
    }
}
