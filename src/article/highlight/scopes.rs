//! The tokens that posts about concurrency are full of, in the languages that they are written in.

use super::highlight;

/// The class of the first occurrence of a token in some highlighted code, `None` if it is plain.
fn class_of(html: &str, token: &str) -> Option<String> {
    let token = token.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut class = None;
    for piece in html.split_inclusive('>') {
        let (text, tag) = piece.rsplit_once('<').unwrap_or((piece, ""));
        if has_word(text, &token) {
            return class;
        }
        class = tag.split('"').nth(1).map(str::to_owned);
    }
    panic!("no {token:?} in {html}")
}

/// Whether a text has a token that is not a part of a longer word.
fn has_word(text: &str, token: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(token).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + token.len()..]);
        let goes_on = token.ends_with(is_word) && after.starts_with(is_word);
        let has_begun = token.starts_with(is_word) && before.ends_with(is_word);
        !goes_on && !has_begun
    })
}

/// Checks `code` with the expected class of tokens: `k:async k:await -:url`.
fn check(language: &str, code: &str, expected: &str) {
    let html = highlight(language, code).expect("a language with a grammar");
    for expectation in expected.split(' ') {
        let (class, token) = expectation.split_once(':').expect("class:token");
        let class = (class != "-").then(|| class.to_owned());
        assert_eq!(class_of(&html, token), class, "{token:?} of {language} in\n{html}");
    }
}

#[test]
fn rust() {
    for (code, expected) in [
        ("pub async fn fetch(url: &str) -> Vec<u8> {}", "k:async k:fn f:fetch -:url t:str t:Vec t:u8"),
        ("client.get(url).await?;", "f:get k:await -:client"),
        ("fn f(e: Box<dyn Error + Send>) {}", "k:dyn t:Error t:Send"),
        ("let Some(n) = option else { return };", "k:let t:Some k:else k:return -:option"),
        ("let r#type = 1; r#fn(2);", "-:r#type n:1 f:r#fn"),
        ("struct A<'scope> { x: &'scope T }", "k:struct t:A a:'scope t:T -:x"),
        ("'outer: loop { break 'outer }", "a:'outer k:loop k:break"),
        ("/* one /* two */ three */ four", "c:one c:two c:three -:four"),
        ("r#\"a \"quoted\" b\"# c", "s:quoted s:b -:c"),
        ("br##\"a\"# b\"## c", "s:b -:c"),
        ("c\"text\" b'x' '\\n' '\\u{1F980}'", "s:text s:x n:\\n n:\\u{1F980}"),
        ("println!(\"{} {name:>5} {{x\", f(\"{y}\"));", "a:println! n:{} n:{name:>5} n:{{ s:x s:{y}"),
        ("let s = \"{z}\";", "s:{z}"),
        ("#[derive(Debug, Clone)]\n#![allow(dead_code)]", "a:derive a:Debug a:dead_code"),
        ("#[doc = \"text\"]\nfn f() {}", "s:text k:fn"),
        ("macro_rules! twice { ($x:expr) => { $x + $x } }", "k:macro_rules! a:twice v:$x"),
        ("0xff_u8 + 1_000 + 1.5e-3f64 + 1. ..2", "n:0xff_u8 n:1_000 n:1.5e-3f64 n:2"),
        ("static COUNT: AtomicU64 = AtomicU64::new(0);", "k:static n:COUNT t:AtomicU64 f:new"),
        ("let p = &raw const x; let raw = 1;", "k:raw k:const -:x"),
        ("let raw = 1; let default = auto;", "-:raw -:default -:auto"),
        ("thread::spawn(move || self.n.lock())", "-:thread f:spawn k:move k:self f:lock"),
        ("iter.collect::<Vec<_>>()", "f:collect t:Vec"),
        ("if x == true { Self::y() }", "k:if n:true t:Self f:y"),
        ("trait A: ?Sized {} impl<T> A for T {}", "k:trait k:impl k:for t:Sized"),
        ("/// Adds **one**.\nfn f() {} // why", "c:Adds k:fn c:why"),
        ("union.f(); union U { a: u8 }", "-:union f:f t:U"),
        ("#!/usr/bin/env run-cargo-script\nfn main() {}", "c:cargo k:fn"),
    ] {
        check("rust", code, expected);
    }
}

#[test]
fn python() {
    for (code, expected) in [
        ("match command:\n    case [\"go\", x] if ok:\n        pass", "k:match -:command k:case s:go k:if k:pass"),
        ("match x.y(1):  # why\n    case Point(x=0): pass", "k:match c:why k:case t:Point n:0"),
        ("match (a, b):\n    case -1 | 2: pass", "k:match k:case n:1"),
        ("match = re.match(p, s)", "-:match -:re"),
        ("case = 3\ncase: int = 3", "-:case t:int"),
        ("type Pair[T] = tuple[T, T]", "k:type t:Pair t:tuple"),
        ("type(x)", "f:type"),
        ("async def f(self, *args: int) -> str:", "k:async k:def f:f k:self -:args t:int t:str"),
        ("async with lock:\n    await q.get()", "k:async k:with -:lock k:await f:get"),
        ("f\"{x!r:>{width}} {{a}} {d['k']} b\"", "-:x n:!r -:width n:{{ s:a s:'k' s:b"),
        ("f'{total:,} of {n=}' + 'c'", "-:total n:, s:of s:c"),
        ("rf\"\\d{n}\" rb'\\x' '\\x41'", "s:\\d -:n s:\\x n:\\x41"),
        ("\"\"\"doc\n'string'\n\"\"\"\nx", "s:doc s:string -:x"),
        ("'never closed\nif x:", "s:closed k:if"),
        ("'goes \\\non' if x else y", "s:goes s:on k:if"),
        ("@dataclass(frozen=True)\nclass A(Base):", "a:dataclass -:frozen n:True k:class t:A t:Base"),
        ("x = a @ b", "-:@"),
        ("not a is None and 0x1F + 1_0j - .5", "k:not k:is n:None k:and n:0x1F n:1_0j n:.5"),
        ("with ThreadPoolExecutor(max_workers=4) as ex:", "k:with t:ThreadPoolExecutor -:max_workers n:4 k:as"),
        ("lambda x: x # why", "k:lambda c:why"),
    ] {
        check("python", code, expected);
    }
}

#[test]
fn console() {
    for (code, expected) in [
        ("$ cargo run --release # why\nHello if 1", "p:$ f:cargo -:run a:--release c:why -:Hello -:if -:1"),
        ("$ A=1 sudo make -j4 | grep 'x y' && ls", "v:A f:sudo f:make a:-j4 f:grep s:x f:ls"),
        ("$ echo \"$HOME/x\" > ${OUT}\n\"text\"", "f:echo v:$HOME s:/x v:${OUT} -:text"),
        ("$ curl -L \\\n>   https://x.org/#a \\\n    -o b\nout", "p:$ f:curl a:-L p:> -:https://x.org/#a a:-o -:out"),
        ("# apt-get update\n# Not a command", "p:# f:apt-get c:Not"),
        ("ana@host:~/code$ ls\n(venv) $ pip list", "p:ana@host f:ls p:(venv) f:pip"),
        ("[root@host ~]# ls -l", "p:root@host f:ls a:-l"),
        (">>> def f(x):\n...     return 1\n>>> f(2)\n3", "p:>>> k:def p:... k:return n:1 -:3"),
        (">>> match x:\n...     case 1: pass", "k:match k:case"),
        ("PS C:\\> Get-Item x", "p:C:\\ f:Get-Item"),
        ("$ for i in 1 2; do echo $i; done", "k:for -:i k:do f:echo v:$i k:done"),
        ("100 % sure\n   $ 5", "-:% -:$"),
    ] {
        check("console", code, expected);
    }
}

#[test]
fn toml() {
    check(
        "toml",
        "# why\n[package]\nname = \"blog\"\nedition.workspace = true\nlist = [1, 0xff]\nday = 1979-05-27\n",
        "c:why t:package v:name s:blog v:edition n:true n:1 n:0xff n:1979-05-27",
    );
}

#[test]
fn typescript() {
    let code = "import { a } from \"x\";\ninterface Foo<T> { readonly x: number }\n\
        async function f<T>(p: Foo): Promise<void> { const y = await g(x as any); return; }\n\
        enum E { A = 1 } // why\nconst s = `t ${z} u`;";
    for language in ["ts", "tsx"] {
        check(
            language,
            code,
            "k:import k:from s:x k:interface t:Foo k:readonly t:number k:async k:function f:f t:Promise t:void k:const \
             k:await f:g k:as t:any k:return k:enum t:E n:1 c:why s:t -:z s:u",
        );
    }
    check("tsx", "const a = <div className=\"b\">{c}</div>;", "k:const k:div a:className s:b");
}

#[test]
fn dockerfile() {
    check(
        "dockerfile",
        "# why\nFROM rust:1.80 AS build\nRUN apt-get install -y curl && ls\nCOPY --from=build /a /b\nCMD [\"serve\"]\n",
        "c:why k:FROM k:AS k:RUN f:apt-get a:-y f:ls k:COPY k:CMD s:serve",
    );
}

#[test]
fn others() {
    for (language, code, expected) in [
        ("sh", "for f in *; do echo \"$f\" | wc -l; done # why", "k:for k:do f:echo v:$f f:wc a:-l k:done c:why"),
        ("json", "{\"key\": [\"text\", 1, true]}", "v:key s:text n:1 n:true"),
        ("yaml", "key: \"text\" # why", "v:key s:text c:why"),
        ("go", "func f(c chan int) { go g(); defer h() }", "k:func f:f t:int k:go f:g k:defer"),
        ("c", "static int f(void) { return 0; } /* why */", "k:static f:f k:return n:0 c:why"),
        ("c++", "std::atomic<int> n{0}; auto f = nullptr; // why", "k:int k:auto n:nullptr c:why"),
        ("java", "synchronized void f() { new Thread(this); }", "k:synchronized f:f k:new t:Thread"),
        ("js", "const f = async () => { await g(`t`); };", "k:const f:f k:async k:await f:g s:t"),
        ("diff", "@@ -1 +1 @@\n-old\n+new\n same", "a:-1 d:-old i:+new -:same"),
        ("html", "<p class=\"x\">text</p><!-- why -->", "k:p a:class s:x -:text c:why"),
        ("css", ".a { color: red; }", "v:color n:red"),
        ("sql", "SELECT a FROM b WHERE c = 'd' -- why", "k:SELECT k:FROM k:WHERE s:d c:why"),
    ] {
        check(language, code, expected);
    }
}
