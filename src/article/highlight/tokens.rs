//! What a scope means to a reader.

use std::sync::LazyLock;

use serde::Serialize;
use syntect::parsing::Scope;

/// The kinds of tokens that are told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) enum Kind {
    /// Everything else.
    #[default]
    Plain,
    Keyword,
    String,
    Comment,
    /// A number, or what else is written out: `true`, `MAX`, an escape.
    Number,
    /// The name of a function where it is declared or called, or of a command.
    Function,
    Type,
    /// An attribute, a macro, a decorator, a lifetime, an option of a command.
    Attribute,
    /// A name that stands out: a key of a document, a variable of a shell.
    Variable,
    Prompt,
    Inserted,
    Deleted,
}

impl Kind {
    /// Its class in HTML.
    pub(super) fn class(self) -> Option<&'static str> {
        Some(match self {
            Kind::Plain => return None,
            Kind::Keyword => "k",
            Kind::String => "s",
            Kind::Comment => "c",
            Kind::Number => "n",
            Kind::Function => "f",
            Kind::Type => "t",
            Kind::Attribute => "a",
            Kind::Variable => "v",
            Kind::Prompt => "p",
            Kind::Inserted => "i",
            Kind::Deleted => "d",
        })
    }
}

/// What a scope makes of the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Meaning {
    /// It is of this kind.
    Is(Kind),
    /// It is a keyword if it is a word (`and`, `instanceof`), and else as if the scope were not there: `+` in code is
    /// plain, in a regular expression a part of the string.
    Operator,
}

/// Scopes by the names that grammars agree on (Sublime Text's "Scope Naming"). The longest that begins a scope decides; a
/// scope that none of them begins means nothing.
pub(super) const SCOPES: &[(&str, Meaning)] = {
    use Kind::{
        Attribute, Comment, Deleted, Function, Inserted, Keyword, Number, Plain, Prompt, String, Type, Variable,
    };
    use Meaning::{Is, Operator};
    &[
        ("comment", Is(Comment)),
        ("constant", Is(Number)),
        ("constant.other.database-name", Is(Plain)),
        ("constant.other.table-name", Is(Plain)),
        ("entity.name", Is(Type)),
        ("entity.name.constant", Is(Number)),
        ("entity.name.function", Is(Function)),
        ("entity.name.label", Is(Attribute)),
        ("entity.name.macro", Is(Attribute)),
        ("entity.name.tag", Is(Keyword)),
        ("entity.name.tag.toml", Is(Variable)),
        ("entity.name.tag.yaml", Is(Variable)),
        ("entity.other.attribute-name", Is(Attribute)),
        ("entity.other.inherited-class", Is(Type)),
        ("keyword", Is(Keyword)),
        ("keyword.operator", Operator),
        ("keyword.other.template", Is(String)),
        ("keyword.other.unit", Is(Number)),
        ("markup.deleted", Is(Deleted)),
        ("markup.heading", Is(Keyword)),
        ("markup.inserted", Is(Inserted)),
        ("markup.raw", Is(String)),
        ("markup.underline.link", Is(Function)),
        ("meta.annotation", Is(Attribute)),
        ("meta.diff.header", Is(Comment)),
        ("meta.diff.range", Is(Attribute)),
        ("meta.embedded", Is(Plain)),
        ("meta.interpolation", Is(Plain)),
        ("meta.mapping.key", Is(Variable)),
        ("meta.template.expression", Is(Plain)),
        ("punctuation.definition.variable.shell", Is(Variable)),
        ("punctuation.prompt", Is(Prompt)),
        ("source", Is(Plain)),
        ("source.regexp", Is(String)),
        ("storage.modifier", Is(Keyword)),
        ("storage.modifier.lifetime", Is(Attribute)),
        ("storage.type", Is(Keyword)),
        ("storage.type.function.arrow", Operator),
        ("storage.type.numeric", Is(Number)),
        ("storage.type.primitive", Is(Type)),
        ("storage.type.string", Is(String)),
        ("storage.type.void", Is(Type)),
        ("string", Is(String)),
        ("support.class", Is(Type)),
        ("support.constant", Is(Number)),
        ("support.function", Is(Function)),
        ("support.macro", Is(Attribute)),
        ("support.type", Is(Type)),
        ("support.type.custom-property", Is(Variable)),
        ("support.type.property-name", Is(Variable)),
        ("text", Is(Plain)),
        ("variable.annotation", Is(Attribute)),
        ("variable.function", Is(Function)),
        ("variable.language", Is(Keyword)),
        ("variable.language.automatic", Is(Variable)),
        ("variable.other.macro", Is(Variable)),
        ("variable.other.makefile", Is(Variable)),
        ("variable.other.readwrite.assignment.shell", Is(Variable)),
        ("variable.other.readwrite.console", Is(Variable)),
        ("variable.other.readwrite.shell", Is(Variable)),
        ("variable.parameter.makefile", Is(Variable)),
        ("variable.parameter.option", Is(Attribute)),
        ("variable.stage-name", Is(Variable)),
    ]
};

/// `SCOPES` in syntect's form, longest first.
static MEANINGS: LazyLock<Vec<(Scope, Meaning)>> = LazyLock::new(|| {
    let parse = |name| Scope::new(name).expect("SCOPES has at most eight atoms a scope");
    let mut meanings: Vec<_> = SCOPES.iter().map(|&(name, meaning)| (parse(name), meaning)).collect();
    meanings.sort_by_key(|(scope, _)| std::cmp::Reverse(scope.len()));
    meanings
});

/// What a stack of scopes means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Level {
    kind: Kind,
    /// Whether the text would be a keyword if it were a word.
    operator: bool,
}

impl Level {
    /// The stack with one more scope.
    pub(super) fn within(self, scope: Scope) -> Level {
        let known = MEANINGS.iter().find(|(known, _)| known.is_prefix_of(scope));
        match known.map(|&(_, meaning)| meaning) {
            None => self,
            Some(Meaning::Operator) => Level { operator: true, ..self },
            // Quotes around a key do not make it another thing.
            Some(Meaning::Is(Kind::String)) if self.kind == Kind::Variable => self,
            Some(Meaning::Is(kind)) => Level { kind, operator: false },
        }
    }

    /// The kind of a text with that stack.
    pub(super) fn kind(self, text: &str) -> Kind {
        if self.operator && text.trim_start().starts_with(char::is_alphabetic) { Kind::Keyword } else { self.kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(stack: &str, text: &str) -> Kind {
        let scopes = stack.split(' ').map(|scope| Scope::new(scope).unwrap());
        scopes.fold(Level::default(), Level::within).kind(text)
    }

    #[test]
    fn the_innermost_known_scope_decides_and_the_longest_name_of_it() {
        for (stack, text, kind) in [
            ("source.rust", "x", Kind::Plain),
            ("source.rust meta.block.rust keyword.control.rust", "if", Kind::Keyword),
            ("source.rust storage.modifier.lifetime.rust", "'a", Kind::Attribute),
            ("source.go storage.type.go support.type.builtin.go", "int", Kind::Type),
            ("source.c string.quoted.double.c punctuation.definition.string.begin.c", "\"", Kind::String),
            ("source.c string.quoted.double.c constant.character.escape.c", "\\n", Kind::Number),
            ("source.json meta.mapping.key.json string.quoted.double.json", "\"a\"", Kind::Variable),
            ("source.json meta.mapping.value.json string.quoted.double.json", "\"a\"", Kind::String),
            ("source.python string.quoted.double.python meta.interpolation.python", "x", Kind::Plain),
            ("text.html source.js.embedded.html keyword.control.js", "if", Kind::Keyword),
            ("keywordless", "x", Kind::Plain),
        ] {
            assert_eq!(kind_of(stack, text), kind, "{stack}");
        }
    }

    #[test]
    fn an_operator_is_a_keyword_only_as_a_word() {
        let operator = "source.ts keyword.operator.expression.ts";
        assert_eq!(kind_of(operator, " instanceof"), Kind::Keyword);
        assert_eq!(kind_of(operator, "<="), Kind::Plain);
        assert_eq!(kind_of("source.js string.regexp.js keyword.operator.quantifier.regexp", "+"), Kind::String);
    }
}
