use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::Serialize;

/// A date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateView {
    /// For machines, by RFC 3339: `2026-11-01T09:30:00+01:00`.
    pub iso: String,
    /// For people: `1 November 2026`.
    pub human: String,
    /// `2026`.
    pub year: i16,
}

impl DateView {
    /// The date as it is in a time zone.
    pub(super) fn of(date: &Zoned, zone: &TimeZone) -> Self {
        let date = date.with_time_zone(zone.clone());
        // RFC 3339 knows no seconds in an offset, but local mean times, in use until about 1900, have them.
        let whole_minutes = date.offset().seconds() % 60 == 0;
        let exact = if whole_minutes { date.clone() } else { date.with_time_zone(TimeZone::UTC) };
        DateView {
            iso: exact.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            human: date.strftime("%-d %B %Y").to_string(),
            year: date.year(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_shown_in_the_time_zone_of_the_site() {
        let cases = [
            ("2026-11-01T09:30:00+00:00[UTC]", "Europe/Vienna", "2026-11-01T10:30:00+01:00", "1 November 2026"),
            ("2019-09-17T21:06:58-04:00[-04:00]", "UTC", "2019-09-18T01:06:58+00:00", "18 September 2019"),
            // Vienna kept a local mean time of 1:05:21 until 1893.
            ("1890-05-01T12:00:00+00:00[UTC]", "Europe/Vienna", "1890-05-01T12:00:00+00:00", "1 May 1890"),
        ];
        for (date, zone, iso, human) in cases {
            let view = DateView::of(&date.parse().unwrap(), &TimeZone::get(zone).unwrap());
            assert_eq!((view.iso.as_str(), view.human.as_str()), (iso, human));
        }
    }
}
