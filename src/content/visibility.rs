use jiff::Timestamp;

use super::Meta;

/// Why a post is not part of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It is a draft.
    Draft,
    /// The time from which on it may be shown is still to come.
    Future,
    /// The time from which on it may not be shown is past.
    Expired,
}

impl LeftOut {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            LeftOut::Draft => "draft",
            LeftOut::Future => "future",
            LeftOut::Expired => "expired",
        }
    }
}

impl Meta {
    /// Why the post is left out at a time, if it is. A draft is that first: showing what is to come shows no drafts.
    pub fn left_out(&self, now: Timestamp) -> Option<LeftOut> {
        let is_past = |date: &jiff::Zoned| date.timestamp() <= now;
        if self.draft {
            Some(LeftOut::Draft)
        } else if self.expires.as_ref().is_some_and(is_past) {
            Some(LeftOut::Expired)
        } else if self.publish.as_ref().or(self.date.as_ref()).is_some_and(|date| !is_past(date)) {
            Some(LeftOut::Future)
        } else {
            None
        }
    }
}
