//! Tables that the code writes: what templates see, and the options of commands.

use std::fs;

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, Command};

use crate::in_project;

/// The rows of a table, each of them its cells.
type Rows = Vec<Vec<String>>;

/// A part of a page: the heading that it stands below, its first paragraph, and the rows of its table, if it has one.
#[derive(Debug)]
struct Section {
    heading: String,
    intro: String,
    rows: Rows,
}

/// A page has these sections, and no table with this head in its first column but theirs.
fn assert_sections(file: &str, head: &str, sections: &[Section]) {
    let text = fs::read_to_string(in_project(file)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut wrong = Vec::new();
    for Section { heading, intro, rows } in sections {
        let is_heading = |line: &String| line.starts_with('#');
        let Some(at) = lines.iter().position(|line| is_heading(line) && line.trim_start_matches('#').trim() == heading)
        else {
            wrong.push(format!("there is no heading `{heading}`"));
            continue;
        };
        if lines[at + 2] != *intro {
            wrong.push(format!("`{heading}` should begin with:\n{intro}"));
            lines[at + 2].clone_from(intro);
        }
        let end = lines[at + 1..].iter().position(is_heading).map_or(lines.len(), |length| at + 1 + length);
        let table = (at..end).find(|line| lines[*line].starts_with(&format!("| {head} |")));
        let Some(from) = table.map(|table| table + 2) else {
            if !rows.is_empty() {
                wrong.push(format!("`{heading}` needs a table with the column `{head}`"));
            }
            continue;
        };
        let is_row = |line: &&String| line.starts_with('|');
        let table = from..from + lines[from..end].iter().take_while(is_row).count();
        let rows: Vec<String> = rows.iter().map(|cells| format!("| {} |", cells.join(" | "))).collect();
        if lines[table.clone()] != rows {
            wrong.push(format!("`{heading}` should have:\n{}", rows.join("\n")));
            lines.splice(table, rows);
        }
    }
    let found = lines.iter().filter(|line| line.starts_with(&format!("| {head} |"))).count();
    let known = sections.iter().filter(|section| !section.rows.is_empty()).count();
    assert!(found <= known, "{file}: {found} tables for {known} things that there are");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(in_project(file), lines.join("\n") + "\n").unwrap();
    }
    assert!(wrong.is_empty(), "{file} (UPDATE=1 writes paragraphs and rows):\n{}", wrong.join("\n\n"));
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The files with what templates see.
const VIEWS: [&str; 5] = [
    "src/pages/view/mod.rs",
    "src/pages/view/toc.rs",
    "src/pages/view/date.rs",
    "src/pages/view/card.rs",
    "src/article/mod.rs",
];

#[test]
fn all_that_templates_see_is_described_as_in_the_code() {
    let texts = VIEWS.map(|file| fs::read_to_string(in_project(file)).unwrap());
    let sections: Vec<Section> = texts.iter().flat_map(|text| views(text)).collect();
    assert!(sections.len() > 10 && sections.iter().all(|section| !section.rows.is_empty()), "{sections:?}");
    assert_sections("content/docs/templates.md", "Variable", &sections);
}

/// What authors call a view.
fn name_of(view: &str) -> String {
    let name = view.trim_end_matches("<'s>");
    let name = name.trim_end_matches("View").trim_end_matches("Summary").to_lowercase();
    if name.is_empty() { "Every template".to_owned() } else { name }
}

/// Every view in a source, with a row for each of its fields: its name, what it holds, and its doc comment.
fn views(source: &str) -> Vec<Section> {
    let mut views: Vec<Section> = Vec::new();
    let mut is_view = false;
    let mut says = Vec::new();
    for line in source.lines().map(str::trim) {
        let field = line.strip_prefix("pub ").filter(|_| is_view).and_then(|field| field.split_once(": "));
        if let Some(more) = line.strip_prefix("/// ") {
            says.push(more);
        } else if line.starts_with("#[derive") {
            is_view = line.contains("Serialize");
        } else if let Some(view) = line.strip_prefix("pub struct ").filter(|_| is_view) {
            let heading = name_of(view.trim_end_matches(" {"));
            views.push(Section { heading, intro: std::mem::take(&mut says).join(" "), rows: Rows::new() });
        } else if let Some((name, kind)) = field {
            let says = cell(&std::mem::take(&mut says).join(" "));
            let row = vec![format!("`{name}`"), kind_of(kind.trim_end_matches(','), false), says];
            views.last_mut().unwrap().rows.push(row);
        } else {
            is_view = is_view && line != "}";
            says.clear();
        }
    }
    views
}

/// What authors call a type, of one or of several values.
fn kind_of(kind: &str, several: bool) -> String {
    let within = |prefix: &str, suffix: &str| kind.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
    if let Some(inner) = within("Option<", ">") {
        return kind_of(inner, several) + ", or nothing";
    }
    if let Some(inner) = within("Vec<", ">").or_else(|| within("&'s [", "]")) {
        return format!("list of {}", kind_of(inner, true));
    }
    let (one, link) = match kind {
        "String" | "&'s str" | "&'static str" => ("text".to_owned(), false),
        "usize" | "i16" | "u8" | "u32" => ("number".to_owned(), false),
        "bool" => ("flag".to_owned(), false),
        "&'s serde_json::Map<String, serde_json::Value>" => ("table".to_owned(), false),
        _ => (name_of(kind), true),
    };
    assert!(!one.contains(['<', '&', ':']), "what do authors call `{kind}`?");
    let said = format!("{one}{}", if several { "s" } else { "" });
    if link { format!("[{said}](#{one})") } else { said }
}

#[test]
fn every_command_is_described_with_its_options() {
    const PAGE: &str = "content/docs/commands.md";
    let command = blog::cli::command();
    let rows = command.get_arguments().filter(|arg| arg.is_global_set()).map(row).collect();
    let intro = "They stand before or behind the name of the command.".to_owned();
    let mut sections = vec![Section { heading: "Options of every command".to_owned(), intro, rows }];
    add_commands(&command, "blog", &mut sections);
    assert!(sections.len() > 10, "{sections:?}");
    assert_sections(PAGE, "Option", &sections);
    let page = fs::read_to_string(in_project(PAGE)).unwrap();
    let described: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let gone = described
        .iter()
        .filter(|head| head.starts_with("blog "))
        .find(|head| !sections.iter().any(|section| section.heading == **head));
    assert_eq!(gone, None, "a command that is gone");
}

/// The commands below one with what they do, in the order of the help, and the options of those that have any.
fn add_commands(command: &Command, above: &str, sections: &mut Vec<Section>) {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        let heading = format!("{above} {}", inner.get_name());
        let mut options: Vec<&Arg> = inner.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
        options.sort_by_key(|arg| !arg.is_positional());
        let rows = options.into_iter().map(row).collect();
        sections.push(Section { heading: heading.clone(), intro: format!("{}.", inner.get_about().unwrap()), rows });
        add_commands(inner, &heading, sections);
    }
}

/// How an argument is written, and its help with the values that it may have and its default.
fn row(arg: &Arg) -> Vec<String> {
    let takes_values = arg.get_action().takes_values();
    let value = arg.get_value_names().filter(|_| takes_values).map_or("", |names| &names[0]);
    let long = arg.get_long().map(|name| format!("`{}`", format!("--{name} {value}").trim_end()));
    let names: Vec<String> = arg.get_short().map(|name| format!("`-{name}`")).into_iter().chain(long).collect();
    let written = if names.is_empty() { format!("`{value}`") } else { names.join(", ") };

    let help = |text: Option<&StyledStr>| cell(&text.map(ToString::to_string).unwrap_or_default());
    let said = |value: &PossibleValue| match help(value.get_help()) {
        text if text.is_empty() => format!("`{}`", value.get_name()),
        text => format!("`{}` – {text}", value.get_name()),
    };
    let values: Vec<String> = arg.get_possible_values().iter().filter(|_| takes_values).map(said).collect();
    let default = arg.get_default_values().iter().filter(|_| takes_values);
    let default: Vec<String> = default.map(|value| format!("`{}`", value.to_string_lossy())).collect();
    let parts = [(": ", values.join("; "), ""), (" [default: ", default.join(" "), "]")];
    let more = parts.iter().filter(|(_, text, _)| !text.is_empty());
    vec![written, more.fold(help(arg.get_help()), |said, (before, text, behind)| said + before + text + behind)]
}
