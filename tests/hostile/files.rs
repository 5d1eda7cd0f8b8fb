//! Files that are none, names that are odd, templates that never end, and output folders that hold something else.

use std::fs;
use std::os::unix::fs::symlink;

use super::{Attack, Built, End, Refused, SECRET, Site, attack, build_watched, try_all};
use crate::support::tree;

#[test]
fn links_to_other_files_are_neither_published_nor_followed() {
    let site = Site::new(&[("content/good.md", "x\n"), ("static/style.txt", "x\n")]);
    for (target, link) in [
        ("../../beside/secret.md", "content/secret.md"),
        ("../../beside", "content/folder"),
        ("../../beside", "static/folder"),
        ("../../beside/secret.md", "static/secret.txt"),
        ("../../beside/secret.md", "templates/post.html"),
        ("/proc/self/environ", "static/environ.txt"),
        ("/dev/zero", "content/zero.md"),
        ("/dev/zero", "static/zero"),
        ("loop", "static/loop"),
        (".", "static/self"),
        ("../..", "content/up"),
        ("nowhere", "content/nowhere.md"),
    ] {
        let link = site.path(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(target, link).unwrap();
    }
    let (said, wrong) = build_watched(&site);
    assert_eq!((said.code, wrong), (0, Vec::new()), "{said:?}");
    let public = tree(&site.path("public"));
    assert!(
        !public
            .keys()
            .any(|path| ["secret", "folder", "environ", "zero", "self", "up/"].iter().any(|name| path.contains(name)))
    );
}

#[test]
fn code_and_inputs_of_cells_are_no_files_from_elsewhere() {
    for (option, sign) in [
        ("file = 'link.sh'", "`content/link.sh` is reached by a symbolic link"),
        ("file = 'folder/secret.md'", "`content/folder/secret.md` is reached by a symbolic link"),
        ("file = '../../beside/secret.md'", "would leave its folder"),
        ("file = '/etc/passwd'", "error[E414]: the code of this cell cannot be read"),
        ("file = 'zero'", "error[E414]: the code of this cell cannot be read"),
        ("file = 'pipe'", "error[E414]: the code of this cell cannot be read"),
        ("inputs = ['link.sh']", "no file below `content/` fits this"),
        ("inputs = ['folder/*']", "no file below `content/` fits this"),
        ("inputs = ['../../beside/*']", "no file below `content/` fits this"),
        ("inputs = ['zero']", "no file below `content/` fits this"),
        ("inputs = ['pipe']", "no file below `content/` fits this"),
    ] {
        for verb in ["lib", "run"] {
            let site = Site::new(&[("content/x.md", &format!("```sh,{verb}:a\n#| {option}\n```\n"))]);
            for (target, link) in
                [("../../beside/secret.md", "link.sh"), ("../../beside", "folder"), ("/dev/zero", "zero")]
            {
                symlink(target, site.path(&format!("content/{link}"))).unwrap();
            }
            let pipe = site.path("content/pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let (said, wrong) = build_watched(&site);
            assert_eq!(wrong, [""; 0], "{option}");
            assert!(said.code == 1 && said.stderr.contains(sign), "{option}: {said:?}");
            assert!(!said.stderr.contains(SECRET), "{option}: {said:?}");
        }
    }
}

#[test]
fn what_is_no_file_is_not_read() {
    for place in [
        "content/x.md",
        "static/x.txt",
        "templates/post.html",
        "blog.toml",
        ".blog/highlighting",
        "results/a/cell-1.toml",
    ] {
        for target in ["a pipe", "a folder", "/dev/zero", "/dev/tty"] {
            let site = Site::new(&[("content/a.md", "```rust\nlet x = 1;\n```\n\n```sh,run\necho hello\n```\n")]);
            let path = site.path(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match target {
                "a pipe" => assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success()),
                "a folder" => fs::create_dir(&path).unwrap(),
                device => symlink(device, &path).unwrap(),
            }
            let (said, wrong) = build_watched(&site);
            let refused = place == "blog.toml";
            assert_eq!((said.code, wrong), (i32::from(refused), Vec::new()), "{target} as {place}: {said:?}");
            assert!(!refused || said.stderr.contains("it is not a file"), "{said:?}");
        }
    }
}

#[test]
fn odd_names_are_published_safely_or_refused() {
    let mut attacks: Vec<Attack> = Vec::new();
    let post = |name: &str, end: End| attack(name, name, "x\n", end);
    let long = format!("content/{}.md", "a".repeat(250));
    let deep = format!("content/{}x.md", "d/".repeat(150));
    let good = [
        "content/<script>alert(1)<.md",
        "content/a\"onerror=\"x.md",
        "content/CON.md",
        "content/...md",
        "content/ .md",
        "content/%2e%2e.md",
        "content/-rf.md",
        "content/e\u{301}.md",
        "content/a:b.md",
        "content/\u{202e}gnp.md",
        "content/a#b?c.md",
        "content/404.md",
        "content/.hidden/x.md",
        "static/.git/config",
        &long,
        &deep,
    ];
    attacks.extend(good.map(|name| post(name, Built)));
    attacks.extend(
        ["content/a\nb.md", "content/a\u{1b}[31mb.md", "content/a\\b.md"]
            .map(|name| post(name, Refused("cannot read `content`"))),
    );
    attacks.extend(
        ["content/index.md", "content/tags/index.md", "content/Good.md"]
            .map(|name| post(name, Refused("two sources for"))),
    );
    attacks.push(post("static/tags", Refused("would be both a file")));
    attacks.push(post("static/.blog-manifest", Refused("keep that name")));
    try_all(attacks);
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;

    let site = Site::new(&[("content/good.md", "x\n")]);
    fs::write(site.path("content").join(std::ffi::OsStr::from_bytes(b"\xe9.md")), "x\n").unwrap();
    let (said, wrong) = build_watched(&site);
    assert_eq!((said.code, wrong), (1, Vec::new()), "{said:?}");
    assert!(said.stderr.contains("is not UTF-8"), "{said:?}");
}

#[test]
fn templates_reach_nothing_outside_and_end() {
    let template = |text: String, end| attack(&text[..text.len().min(60)], "templates/post.html", text.clone(), end);
    try_all(vec![
        template("{% include \"/etc/passwd\" %}".into(), Refused("unknown template")),
        template("{% include \"../../../../etc/passwd\" %}".into(), Refused("unknown template")),
        template("{% include \"../../beside/secret.md\" %}".into(), Refused("unknown template")),
        template("{% include \"post.html\" %}".into(), Refused("includes itself")),
        template("{% extends \"post.html\" %}".into(), Refused("extends itself")),
        template("{{ get_env(name=\"PATH\") }}".into(), Refused("unknown function")),
        template("{{ load_data(path=\"/etc/passwd\") }}".into(), Refused("unknown function")),
        template("{% for i in range(end=10000000000) %}x{% endfor %}".into(), Refused("exceeds the limit")),
        template("{% if true %}".repeat(3_000) + &"{% endif %}".repeat(3_000), Refused("too deep")),
        template(format!("{{{{ {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000)), Refused("too complex")),
        template(format!("{{{{ \"x\"{} }}}}", " | upper".repeat(5_000)), Refused("too complex")),
        template("{{ 1/0 }}".into(), Refused("error")),
        template("{{ page.title".into(), Refused("error")),
    ]);
}

#[test]
fn an_output_folder_that_holds_something_else_is_refused() {
    let site =
        Site::new(&[("content/good.md", "x\n"), ("static/a.txt", "x\n"), ("blog.toml", ""), (".git/config", SECRET)]);
    symlink("..", site.path("public")).unwrap();
    symlink("content", site.path("to-content")).unwrap();
    // What is remembered, such as cards, is kept whether the output is refused or not.
    site.blog(&["check"]);
    let before = tree(site.around());
    let around = site.around().to_str().unwrap();
    for output in [
        "/",
        ".",
        "..",
        "content",
        "content/new",
        "static",
        ".git",
        ".git/x",
        "to-content/x",
        "blog.toml",
        "public",
        around,
    ] {
        let said = site.blog(&["build", "--output", output]);
        assert_eq!(said.code, 1, "{output}: {said:?}");
        assert!(said.stderr.starts_with("error: "), "{output}: {said:?}");
        assert!(!said.stderr.contains("os error"), "{output}: {said:?}");
        assert_eq!(tree(site.around()), before, "{output}");
    }
    for output in
        ["/", "..", "content", "static", ".git", "a/../content", "", ".", "public\\n", "C:\\\\x", "to-content/x"]
    {
        site.write("blog.toml", format!("output = \"{output}\"\n"));
        let said = site.blog(&["build"]);
        assert_eq!(said.code, 1, "{output}: {said:?}");
        site.write("blog.toml", "");
        assert_eq!(tree(site.around()), before, "{output}");
    }
}

#[test]
fn files_of_others_in_the_output_folder_are_kept() {
    let site = Site::new(&[("content/a.md", "x\n"), ("content/b.md", "x\n")]);
    let foreign = ["public/CNAME", "public/.git/config", "public/b/notes.txt", "public/empty.d/x"];
    for file in foreign {
        site.write(file, "kept\n");
    }
    // A manifest can come from anywhere, and so can lines in it.
    site.write("public/.blog-manifest", "CNAME/\n../content/a.md\n.git/config\n/etc/passwd\n");
    site.build();
    fs::remove_file(site.path("content/b.md")).unwrap();
    site.build();
    for file in foreign {
        assert_eq!(site.read(file), "kept\n", "{file}");
    }
    assert!(site.path("content/a.md").exists() && !site.path("public/b/index.html").exists());

    site.write("content/c.md", "x\n");
    site.write("public/c", "a file of another's where the site needs a folder\n");
    let before = tree(&site.path("public"));
    let said = site.blog(&["build"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("where the site needs a folder"), "{said:?}");
    assert_eq!(tree(&site.path("public")), before);
}

#[test]
fn files_beside_a_draft_are_not_published() {
    let site = Site::new(&[
        ("content/draft/index.md", "+++\ndraft = true\n+++\nx\n"),
        ("content/draft/plan.txt", SECRET),
        ("content/draft/deep/plan.txt", SECRET),
        ("content/future/index.md", "+++\ndate = 2999-01-01\n+++\nx\n"),
        ("content/future/plan.txt", SECRET),
        ("content/good/index.md", "x\n"),
        ("content/good/picture.txt", "shown\n"),
    ]);
    let (said, wrong) = build_watched(&site);
    assert_eq!((said.code, wrong), (0, Vec::new()), "{said:?}");
    assert_eq!(site.read("public/good/picture.txt"), "shown\n");
}
