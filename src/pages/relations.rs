use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::site::{Series, Site, Taxonomy, Term};
use crate::source::Address;

/// How many related articles a post names.
const RELATED: usize = 3;

/// How many other terms the page of a term names.
const BESIDES: usize = 6;

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

    /// The articles that share most with one, the nearest first, at most [`RELATED`]. A term that two articles share counts by
    /// its inverse document frequency, ln(1 + N/n) for n of N articles, so that rare terms say more. The parts of its
    /// series are left out: a post lists them already.
    pub(super) fn related(&self, article: usize) -> Vec<usize> {
        // By article: a map is slow where a term is that of thousands.
        let mut scores = vec![0.0; self.terms.len()];
        for (_, term) in &self.terms[article] {
            let weight = (self.terms.len() as f64 / term.articles.len() as f64).ln_1p();
            for other in &term.articles {
                scores[*other] += weight;
            }
        }
        scores[article] = 0.0;
        for part in self.series[article].map_or(&[][..], |(series, _)| &series.articles) {
            scores[*part] = 0.0;
        }
        let mut nearest: Vec<usize> = (0..scores.len()).filter(|other| scores[*other] > 0.0).collect();
        // Of those that share as much, the newest; the order of the site decides between the others.
        let place = |other: usize| (self.rank[other].unwrap_or(usize::MAX), other);
        let order = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then_with(|| place(*a).cmp(&place(*b)));
        // All of them are not sorted for the sake of a few.
        if nearest.len() > RELATED {
            nearest.select_nth_unstable_by(RELATED, order);
            nearest.truncate(RELATED);
        }
        nearest.sort_unstable_by(order);
        nearest
    }

    /// The other terms of its taxonomy that articles of a term have most often, at most [`BESIDES`].
    pub(super) fn besides(&self, taxonomy: &Taxonomy, term: &Term) -> Vec<&'s Term> {
        let mut shared: BTreeMap<&Address, (&'s Term, usize)> = BTreeMap::new();
        for (of, other) in term.articles.iter().flat_map(|article| &self.terms[*article]) {
            if of.name == taxonomy.name && other.address != term.address {
                shared.entry(&other.address).or_insert((*other, 0)).1 += 1;
            }
        }
        let mut most: Vec<(&Term, usize)> = shared.into_values().collect();
        most.sort_by_key(|(_, count)| Reverse(*count));
        most.into_iter().take(BESIDES).map(|(other, _)| other).collect()
    }

    /// Those of the articles that have a date, the newest first.
    pub(super) fn newest(&self, articles: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut places: Vec<usize> = articles.into_iter().filter_map(|article| self.rank[article]).collect();
        places.sort_unstable();
        places.into_iter().map(|place| self.by_date[place]).collect()
    }
}
