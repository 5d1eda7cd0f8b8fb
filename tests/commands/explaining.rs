//! `explain`, and what leads to it.

use blog::source::Code;

use crate::support::{Site, tree};

#[test]
fn every_code_is_listed_and_explained_anywhere() {
    let site = Site::new(&[]);
    let list = site.blog(&["explain"]);
    assert_eq!((list.code, list.stderr.as_str()), (0, ""), "{list:?}");
    for (code, line) in Code::ALL.iter().zip(list.stdout.lines()) {
        assert_eq!(line, format!("{code}  {}", code.title()));
    }
    assert_eq!(list.stdout.lines().count(), Code::ALL.len());
    let page = site.blog(&["explain", "e201"]);
    assert!(page.stdout.starts_with("E201: A link is dead\n\nA link names a source"), "{page:?}");
    assert!(page == site.blog(&["explain", "E201"]));
    assert!(tree(&site.path("")).is_empty());
}

#[test]
fn a_text_that_is_no_code_leads_to_the_list_or_to_the_compiler() {
    let site = Site::new(&[]);
    for (code, hint) in
        [("E999", "`blog explain` lists them"), ("dead", "`blog explain`"), ("E0382", "`rustc --explain E0382`")]
    {
        let said = site.blog(&["explain", code]);
        assert!(said.code == 2 && said.stderr.contains(hint), "{said:?}");
    }
}

#[test]
fn a_failed_build_says_where_its_first_error_is_explained() {
    let site = Site::new(&[("content/a.md", "+++\ntgas = []\n+++\n[dead](nowhere.md)\n")]);
    let said = site.blog(&["build"]);
    let end = "for more about an error: blog explain E201\nerror: the site is wrong in 1 place\n";
    assert!(said.code == 1 && said.stderr.ends_with(end), "{said:?}");
    site.write("content/a.md", "+++\ntgas = []\n+++\n");
    assert!(!site.build().stderr.contains("explain"), "warnings are no reason");
}
