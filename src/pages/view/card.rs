//! The picture that shows a page where it is shared.

use serde::Serialize;

use super::Views;
use crate::article::{Article, Headline, HeadlineBar};
use crate::card::{self, Lines};
use crate::pages::plan;

/// A picture that shows a page where it is shared.
#[derive(Debug, Serialize)]
pub struct ImageView {
    /// Its absolute URL.
    pub url: String,
    /// Its width in pixels; nothing for a picture of the author's own.
    pub width: Option<u32>,
    /// Its height in pixels, likewise.
    pub height: Option<u32>,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

/// What stands on a card. Its texts are as long as there is room for, and hold nothing that no font has.
#[derive(Debug, Serialize)]
pub struct CardView {
    /// The title of the page, in lines; none if it cannot be drawn.
    pub title: Vec<String>,
    /// The size of its font, in pixels.
    pub size: u32,
    /// The name of the site. On its own card, that is the title, and here stands its address.
    pub site: String,
    /// Who wrote it, and when; on the card of the site, what it is about.
    pub byline: String,
    /// The number that stands for the article.
    pub number: Option<String>,
    /// What that number is; may be empty.
    pub what: String,
    /// What is compared in it, where that has room.
    pub bars: Vec<BarView>,
}

/// A bar of a comparison.
#[derive(Debug, Serialize)]
pub struct BarView {
    /// What it is called.
    pub name: String,
    /// What was measured of it.
    pub value: String,
    /// Where it stands, in pixels from above.
    pub y: u32,
    /// How long it is, in pixels.
    pub width: u32,
    /// Whether the number is about it.
    pub subject: bool,
}

/// From the left edge to the right one.
const ROOM: u32 = card::WIDTH - 160;
/// Sizes of a title, each with the most lines that have room above a number.
const ABOVE_A_NUMBER: [(u32, usize); 4] = [(80, 1), (64, 2), (52, 3), (44, 4)];
/// The same without a number.
const ALONE: [(u32, usize); 4] = [(96, 2), (80, 3), (64, 4), (52, 6)];
/// How many bars have room beside a number, and how long they are.
const MOST_BARS: usize = 4;
const BAR: u32 = 500;
/// How wide the texts beside the bars are.
const BESIDE_BARS: u32 = 500;

impl<'s> Views<'s> {
    /// The picture of the author's, else the card.
    pub(super) fn image(&self, article: &Article) -> Option<ImageView> {
        let base = &self.site.config.base_url;
        let title = &article.post.meta.title;
        if let Some((own, _)) = &article.post.meta.image {
            let from_root = own.starts_with('/') && !own.starts_with("//");
            let url = if from_root { format!("{}{own}", base.origin()) } else { own.clone() };
            return Some(ImageView { url, width: None, height: None, alt: title.clone() });
        }
        let alt = match &article.headline {
            Some(Headline { number, what, .. }) => format!("{title}: {number} {what}"),
            None => title.clone(),
        };
        let url = base.absolute(&article.card_address());
        self.site.config.cards.then_some(ImageView { url, width: Some(card::WIDTH), height: Some(card::HEIGHT), alt })
    }

    /// The card of the site.
    pub(super) fn site_image(&self) -> ImageView {
        let config = &self.site.config;
        let url = config.base_url.absolute(&plan::card());
        ImageView { url, width: Some(card::WIDTH), height: Some(card::HEIGHT), alt: config.title.clone() }
    }

    /// What stands on the card of an article.
    pub(super) fn card(&self, article: &'s Article) -> CardView {
        let page = self.article("card", article);
        let date = page.date.map(|date| date.human);
        let byline: Vec<&str> = page.authors.iter().copied().chain(date.as_deref()).collect();
        let number = article.headline.as_ref().and_then(|headline| card::drawable(&headline.number));
        let headline = article.headline.as_ref().filter(|_| number.is_some());
        let (bars, room) = match headline.map(|headline| bars(&headline.bars)) {
            Some(bars) if !bars.is_empty() => (bars, BESIDE_BARS),
            _ => (Vec::new(), ROOM),
        };
        let sizes = if headline.is_some() { ABOVE_A_NUMBER } else { ALONE };
        let Lines { size, lines } =
            card::fit(&card::drawable(&article.post.meta.title).unwrap_or_default(), ROOM, &sizes);
        CardView {
            title: lines,
            size,
            site: line(&self.site.config.title, ROOM, 28),
            byline: line(&byline.join(" · "), ROOM, 26),
            number: number.map(|number| card::shortened(&number, room, 84)),
            what: headline.map(|headline| line(&headline.what, room, 30)).unwrap_or_default(),
            bars,
        }
    }

    /// What stands on the card of the site.
    pub(super) fn site_card(&self) -> CardView {
        let config = &self.site.config;
        let address = config.base_url.to_string();
        let address = address.split_once("://").map_or(&*address, |(_, host)| host);
        let Lines { size, lines } = card::fit(&card::drawable(&config.title).unwrap_or_default(), ROOM, &ALONE);
        CardView {
            title: lines,
            size,
            site: line(address, ROOM, 28),
            byline: line(&config.description, ROOM, 26),
            number: None,
            what: String::new(),
            bars: Vec::new(),
        }
    }
}

/// Bars one below the other, the last of them above the foot of the card; none if they are too many.
fn bars(bars: &[HeadlineBar]) -> Vec<BarView> {
    const STEP: u32 = 56;
    const LAST: u32 = 490;
    if bars.len() > MOST_BARS {
        return Vec::new();
    }
    let bar = |(at, bar): (usize, &HeadlineBar)| BarView {
        name: line(&bar.name, BAR * 2 / 3, 22),
        value: bar.value.clone(),
        y: LAST - STEP * (bars.len() - 1 - at) as u32,
        width: ((f64::from(BAR) * bar.percent / 100.0).round() as u32).max(2),
        subject: bar.subject,
    };
    bars.iter().enumerate().map(bar).collect()
}

/// A line of text that has room; empty if it cannot be drawn.
fn line(text: &str, room: u32, size: u32) -> String {
    card::drawable(text).map(|text| card::shortened(&text, room, size)).unwrap_or_default()
}
