use std::ops::Range;

use crate::source::{Address, SitePath};

/// One page of a list that is spread over several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Its number, from 1.
    pub number: usize,
    /// How many there are, at least 1.
    pub count: usize,
    items: usize,
    each: usize,
}

/// The pages of a list with so many items. An empty list has one page, so that its address exists.
pub fn sheets(items: usize, each: usize) -> impl Iterator<Item = Sheet> {
    let each = each.max(1);
    let count = items.div_ceil(each).max(1);
    (1..=count).map(move |number| Sheet { number, count, items, each })
}

impl Sheet {
    /// Which items stand on it.
    pub fn range(self) -> Range<usize> {
        let start = (self.number - 1) * self.each;
        start..(start + self.each).min(self.items)
    }

    /// Its address, given that of the first page: `/`, `/page/2/`.
    pub fn address(self, first: &Address) -> Address {
        if self.number == 1 {
            return first.clone();
        }
        let inner = SitePath::new(&format!("page/{}", self.number)).expect("a number is a plain name");
        Address::folder(first.path().join(&inner))
    }

    /// The page before it.
    pub fn previous(self) -> Option<Sheet> {
        (self.number > 1).then(|| Sheet { number: self.number - 1, ..self })
    }

    /// The page behind it.
    pub fn next(self) -> Option<Sheet> {
        (self.number < self.count).then(|| Sheet { number: self.number + 1, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_stands_on_exactly_one_page() {
        for (items, each, count) in [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (5, 1, 5), (3, 0, 3)] {
            let pages: Vec<Sheet> = sheets(items, each).collect();
            assert_eq!(pages.len(), count, "{items} items, {each} a page");
            let shown: Vec<usize> = pages.iter().flat_map(|page| page.range()).collect();
            assert_eq!(shown, (0..items).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_page_has_the_address_of_the_list() {
        let list = Address::parse("/tags/rust/").unwrap();
        let addresses: Vec<String> = sheets(3, 1).map(|page| page.address(&list).href()).collect();
        assert_eq!(addresses, ["/tags/rust/", "/tags/rust/page/2/", "/tags/rust/page/3/"]);
        assert_eq!(sheets(2, 1).last().unwrap().address(&Address::home()).href(), "/page/2/");
    }

    #[test]
    fn neighbours_end_at_the_ends() {
        let numbers = |page: Sheet| (page.previous().map(|p| p.number), page.next().map(|p| p.number));
        let neighbours: Vec<_> = sheets(3, 1).map(numbers).collect();
        assert_eq!(neighbours, [(None, Some(2)), (Some(1), Some(3)), (Some(2), None)]);
    }
}
