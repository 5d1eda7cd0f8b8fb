//! The names that authors give to languages.

use super::grammar::{self, Grammar};

/// The longest name that is looked up, in bytes.
const LONGEST_NAME: usize = 40;

/// The grammar for a language by any of its names, without regard to case, if it is not plain text.
///
/// Many write a session in a terminal under the name of the shell or interpreter whose prompt it shows. No script begins
/// with a prompt, so such a block is highlighted as the session that it is.
pub(super) fn find(name: &str, code: &str) -> Option<Grammar> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME {
        return None;
    }
    match canonical(&name.to_lowercase()) {
        "text" => None,
        "rust" => Some(grammar::rust()),
        "python" if !code.starts_with(">>> ") => Some(grammar::python()),
        "bash" if code.starts_with("$ ") => Some(grammar::console()),
        "python" | "console" => Some(grammar::console()),
        other => grammar::bundled(other),
    }
}

/// The name of a grammar for a name in lower case. A name that is not here stays as it is: most are names or file
/// extensions that the bundled grammars know.
fn canonical(name: &str) -> &str {
    match name {
        "text" | "txt" | "plain" | "plaintext" | "plain-text" | "output" | "out" | "stdout" | "stderr" | "none"
        | "nohighlight" | "ascii" => "text",
        "rust" | "rs" | "rustlang" | "rust-script" => "rust",
        "python" | "py" | "python3" | "py3" | "ipython" | "ipython3" | "pyi" => "python",
        "console" | "shell-session" | "shellsession" | "sh-session" | "bash-session" | "terminal" | "session"
        | "pycon" | "pythoncon" | "python-console" | "python-repl" | "doctest" | "ps1con" | "doscon" => "console",
        // The bundled grammar of fish never comes back from some lines.
        "sh" | "shell" | "zsh" | "ksh" | "ash" | "dash" | "posix" | "shellscript" | "shell-script" | "fish" => "bash",
        "dockerfile" | "docker" | "containerfile" => "Dockerfile (with bash)",
        "typescript" | "ts" | "mts" | "cts" | "deno" => "TypeScript",
        "tsx" => "TypeScriptReact",
        "javascript" | "js" | "mjs" | "cjs" | "jsx" | "node" | "nodejs" | "ecmascript" => "JavaScript (Babel)",
        "golang" => "Go",
        "c" => "C",
        "c++" | "cplusplus" => "C++",
        "csharp" | "c#" | "dotnet" => "C#",
        "fsharp" | "fs" | "f#" => "F#",
        "objc" | "objectivec" | "obj-c" => "Objective-C",
        "json5" | "jsonc" | "jsonl" | "ndjson" | "geojson" => "JSON",
        "udiff" => "Diff",
        "ini" | "cfg" | "systemd" | "editorconfig" => "INI",
        "make" | "mf" | "gnumake" => "Makefile",
        "html" | "html5" => "HTML",
        "pwsh" | "posh" | "ps" => "PowerShell",
        "postgres" | "postgresql" | "psql" | "pgsql" | "mysql" | "sqlite" | "plsql" | "tsql" => "SQL",
        "latex" => "LaTeX",
        "elisp" | "emacs-lisp" | "scheme" | "common-lisp" | "commonlisp" => "Lisp",
        "asm" | "nasm" | "assembly" | "x86asm" => "x86_64 Assembly",
        "vim" | "vimscript" => "VimL",
        "proto" | "proto3" => "Protocol Buffer",
        "tera" | "liquid" | "django" => "HTML (Jinja2)",
        "hcl" => "Terraform",
        "mdx" => "Markdown",
        "haml" => "Ruby Haml",
        "gitignore" | "dockerignore" => "Git Ignore",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grammar_of(name: &str) -> Option<&'static str> {
        find(name, "").map(|grammar| grammar.syntax.name.as_str())
    }

    #[test]
    fn a_language_has_many_names() {
        for (names, grammar) in [
            ("rust rs RUST Rs rustlang", "Rust"),
            ("python py Python3 ipython", "Python"),
            ("console shell-session Terminal pycon", "Console"),
            ("sh bash shell zsh SH ksh fish", "Bourne Again Shell (bash)"),
            ("toml TOML", "TOML"),
            ("ts typescript TypeScript", "TypeScript"),
            ("tsx", "TypeScriptReact"),
            ("js javascript jsx mjs", "JavaScript (Babel)"),
            ("docker dockerfile Dockerfile", "Dockerfile (with bash)"),
            ("yml yaml YAML", "YAML"),
            ("json jsonc", "JSON"),
            ("c C", "C"),
            ("h", "Objective-C"),
            ("c++ cpp cc C++ hpp", "C++"),
            ("go golang Go", "Go"),
            ("f# fs fsharp", "F#"),
            ("c# cs csharp", "C#"),
            ("hs haskell", "Haskell"),
            ("kt kotlin", "Kotlin"),
            ("rb ruby", "Ruby"),
            ("java", "Java"),
            ("diff patch", "Diff"),
            ("html HTML", "HTML"),
            ("css", "CSS"),
            ("sql postgres", "SQL"),
            ("md markdown", "Markdown"),
            ("ini", "INI"),
            ("make makefile", "Makefile"),
            ("swift", "Swift"),
            ("zig", "Zig"),
            ("nix", "Nix"),
            ("lua", "Lua"),
            ("elixir ex", "Elixir"),
            ("erlang", "Erlang"),
            ("ocaml ml", "OCaml"),
            ("r", "R"),
            ("powershell pwsh ps1", "PowerShell"),
            ("vim", "VimL"),
            ("tex latex", "LaTeX"),
            ("asm", "x86_64 Assembly"),
            ("llvm", "LLVM"),
            ("wgsl", "WGSL"),
            ("xml", "XML"),
        ] {
            for name in names.split(' ') {
                assert_eq!(grammar_of(name), Some(grammar), "{name}");
            }
        }
    }

    #[test]
    fn every_canonical_name_is_that_of_a_grammar() {
        let source = include_str!("languages.rs");
        let table = source.split("fn canonical").nth(1).unwrap().split("other => other").next().unwrap();
        let targets: Vec<_> = table.lines().filter_map(|line| line.split("=> \"").nth(1)?.split('"').next()).collect();
        assert!(targets.len() > 30);
        for target in targets {
            assert_eq!(target == "text", find(target, "").is_none(), "{target}");
        }
    }

    #[test]
    fn what_begins_with_a_prompt_is_a_session() {
        let session = |name, code| find(name, code).unwrap().syntax.name == "Console";
        assert!(session("bash", "$ ls\na b\n"));
        assert!(session("python", ">>> 1 + 1\n2\n"));
        assert!(!session("bash", "ls\n$ not a prompt\n"));
        assert!(!session("python", "a >>> b"));
        assert!(!session("rust", "$ ls"));
    }
}
