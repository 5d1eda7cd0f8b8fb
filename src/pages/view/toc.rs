use serde::Serialize;

use crate::markdown::Heading;

/// A heading in the table of contents.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct HeadingView<'s> {
    /// 1 to 6.
    pub level: u8,
    /// Its anchor.
    pub id: &'s str,
    /// Its text without any markup.
    pub text: &'s str,
    /// The headings below it.
    pub children: Vec<HeadingView<'s>>,
}

/// Headings as a tree: each holds those that follow it and are of a lower rank.
pub(super) fn nest(mut headings: &[Heading]) -> Vec<HeadingView<'_>> {
    let mut tree = Vec::new();
    while let Some((first, rest)) = headings.split_first() {
        let below = rest.iter().take_while(|heading| heading.level > first.level).count();
        let (inner, behind) = rest.split_at(below);
        tree.push(HeadingView { level: first.level, id: &first.id, text: &first.text, children: nest(inner) });
        headings = behind;
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_nest_by_rank_whatever_rank_they_begin_with() {
        /// The tree as text: each heading's level and, in brackets, what it holds.
        fn draw(tree: &[HeadingView<'_>]) -> String {
            tree.iter().fold(String::new(), |text, it| text + &it.level.to_string() + "(" + &draw(&it.children) + ")")
        }
        let heading = |level: &u8| Heading { level: *level, id: String::new(), text: String::new() };
        let drawn = |levels: &[u8]| draw(&nest(&levels.iter().map(heading).collect::<Vec<_>>()));
        assert_eq!(drawn(&[2, 3, 3, 2]), "2(3()3())2()");
        assert_eq!(drawn(&[3, 2, 4, 3]), "3()2(4()3())");
        assert_eq!(drawn(&[]), "");
    }
}
