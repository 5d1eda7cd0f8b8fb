use std::cmp::Reverse;

use crate::site::{Series, Site, Taxonomy, Term};

/// What the articles of a site have to do with each other, found once and asked for every page.
#[derive(Debug)]
pub(super) struct Relations<'s> {
    /// By article: the terms that it is filed under.
    terms: Vec<Vec<(&'s Taxonomy, &'s Term)>>,
    /// By article: the series that it belongs to and its place there.
    series: Vec<Option<(&'s Series, usize)>>,
    /// Articles with a date, the newest first.
    by_date: Vec<usize>,
    /// By article: its place among those with a date.
    rank: Vec<Option<usize>>,
}

impl<'s> Relations<'s> {
    /// Finds them.
    pub(super) fn of(site: &'s Site) -> Self {
        let count = site.articles.len();
        let mut terms = vec![Vec::new(); count];
        for taxonomy in &site.taxonomies {
            for term in &taxonomy.terms {
                for article in &term.articles {
                    terms[*article].push((taxonomy, term));
                }
            }
        }
        let mut series = vec![None; count];
        for one in &site.series {
            for (at, article) in one.articles.iter().enumerate() {
                series[*article] = Some((one, at));
            }
        }
        let mut by_date: Vec<usize> = (0..count).filter(|at| site.articles[*at].post.meta.date.is_some()).collect();
        // The address decides between posts of one moment, so that the order never depends on anything else.
        by_date.sort_by_cached_key(|at| {
            let post = &site.articles[*at].post;
            (Reverse(post.meta.date.as_ref().map(jiff::Zoned::timestamp)), post.address.clone())
        });
        let mut rank = vec![None; count];
        for (place, article) in by_date.iter().enumerate() {
            rank[*article] = Some(place);
        }
        Relations { terms, series, by_date, rank }
    }

    /// The terms that an article is filed under.
    pub(super) fn terms(&self, article: usize) -> &[(&'s Taxonomy, &'s Term)] {
        &self.terms[article]
    }

    /// The series that an article belongs to and its place there, from 0.
    pub(super) fn series(&self, article: usize) -> Option<(&'s Series, usize)> {
        self.series[article]
    }

    /// The articles before and after one by date.
    pub(super) fn neighbours(&self, article: usize) -> (Option<usize>, Option<usize>) {
        let Some(place) = self.rank[article] else { return (None, None) };
        let newer = place.checked_sub(1).map(|at| self.by_date[at]);
        (self.by_date.get(place + 1).copied(), newer)
    }

    /// Those of the articles that have a date, the newest first.
    pub(super) fn newest(&self, articles: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut places: Vec<usize> = articles.into_iter().filter_map(|article| self.rank[article]).collect();
        places.sort_unstable();
        places.into_iter().map(|place| self.by_date[place]).collect()
    }
}
