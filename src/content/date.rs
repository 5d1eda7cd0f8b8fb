//! Dates as blogs write them: RFC 3339 and what people make of it.

use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use crate::data::{Node, Value};
use crate::source::{Code, Diagnostic};

use super::quoted;

/// Why a text is no date.
#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    /// It has no form that is known.
    Form,
    /// It has, but the calendar or the clock has no such place.
    Nowhere,
}

/// Reads the value of a key that holds a date; nothing (`null`, an empty string) is no date. One that names no time zone
/// is meant in `zone`, one that names no time is midnight.
///
/// # Errors
/// A value that is no date, or one that the calendar does not have.
pub fn read_date(node: &Node, zone: &TimeZone) -> Result<Option<Zoned>, Diagnostic> {
    let text = match &node.value {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Datetime(datetime) => datetime.to_string(),
        other => {
            return Err(Diagnostic::error(Code::NotADate, format!("expected a date, found {}", other.kind()))
                .at(node.span.clone(), "should be a date")
                .help(EXAMPLES));
        }
    };
    parse(&text, zone).map(Some).map_err(|wrong| {
        let label = match wrong {
            Wrong::Form => "not written like a date",
            Wrong::Nowhere => "there is no such day or time",
        };
        let error = Diagnostic::error(Code::NotADate, format!("{} is no date", quoted(&text)));
        let error = error.at(node.span.clone(), label);
        match meant(&text) {
            Some(date) => error.mean(&text, &date.to_string()),
            None => error.help(EXAMPLES),
        }
    })
}

/// The day that is meant by a text in some other form, if only one can be: not `1/2/2024`.
fn meant(text: &str) -> Option<Date> {
    const FORMS: [&str; 13] = [
        "%d.%m.%Y",
        "%d. %m. %Y",
        "%Y.%m.%d",
        "%Y%m%d",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d %b %Y",
        "%d %B %Y",
        "%d. %B %Y",
        "%b %d, %Y",
        "%B %d, %Y",
        "%b %d %Y",
        "%B %d %Y",
    ];
    let mut days = FORMS.iter().filter_map(|form| Date::strptime(form, text.trim()).ok());
    let day = days.next()?;
    days.all(|other| other == day).then_some(day)
}

const EXAMPLES: &str = "write it like `2024-02-29`, `2024-02-29 13:07:09 +0100` or `2024-02-29T13:07:09Z`";

/// Takes a date, without a time, from the beginning of a file's name, and gives what follows it: `2018-02-17-title`.
pub(super) fn leading_date<'a>(name: &'a str, zone: &TimeZone) -> Option<(Zoned, &'a str)> {
    let mut scanner = Scanner { rest: name };
    let date = scanner.date().ok()?;
    Some((date.to_zoned(zone.clone()).ok()?, scanner.rest))
}

fn parse(text: &str, zone: &TimeZone) -> Result<Zoned, Wrong> {
    let mut scanner = Scanner { rest: text.trim() };
    let date = scanner.date()?;
    if scanner.rest.is_empty() {
        return date.to_zoned(zone.clone()).map_err(|_| Wrong::Nowhere);
    }
    if !(scanner.take(['T', 't']) || scanner.blanks()) {
        return Err(Wrong::Form);
    }
    let time = scanner.time()?;
    scanner.blanks();
    let zone = if scanner.rest.is_empty() { zone.clone() } else { scanner.zone()? };
    if !scanner.rest.is_empty() {
        return Err(Wrong::Form);
    }
    date.to_datetime(time).to_zoned(zone).map_err(|_| Wrong::Nowhere)
}

/// Reads a text from its front.
struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    /// `2014-10-1`, `2014/10/01`: year, month, day.
    fn date(&mut self) -> Result<Date, Wrong> {
        let (year, digits) = self.number(4)?;
        if digits != 4 {
            return Err(Wrong::Form);
        }
        let separator = if self.rest.starts_with('/') { '/' } else { '-' };
        self.expect(separator)?;
        let (month, _) = self.number(2)?;
        self.expect(separator)?;
        let (day, _) = self.number(2)?;
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Wrong::Form);
        }
        Date::new(year as i16, month as i8, day as i8).map_err(|_| Wrong::Nowhere)
    }

    /// `9:48`, `09:48:00`, `09:48:00.000`: hours and minutes, perhaps seconds and their fraction.
    fn time(&mut self) -> Result<Time, Wrong> {
        let (hour, _) = self.number(2)?;
        self.expect(':')?;
        let (minute, _) = self.number(2)?;
        let mut second = 0;
        let mut nanosecond = 0;
        if self.take([':']) {
            // RFC 3339 allows a leap second, which civil time does not have.
            second = match self.number(2)?.0 {
                60 => 59,
                second => second,
            };
            if self.take(['.', ',']) {
                nanosecond = self.fraction()?;
            }
        }
        Time::new(hour as i8, minute as i8, second as i8, nanosecond).map_err(|_| Wrong::Nowhere)
    }

    /// Digits behind the decimal point of a second, as nanoseconds; what is finer is dropped.
    fn fraction(&mut self) -> Result<i32, Wrong> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        if digits.is_empty() {
            return Err(Wrong::Form);
        }
        self.rest = rest;
        Ok(digits
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0')))
    }

    /// `Z`, `UTC`, `+02:00`, `+0200`, `+02`, and `-300`, by which `-0300` is meant.
    fn zone(&mut self) -> Result<TimeZone, Wrong> {
        for name in ["UTC", "GMT", "Z", "z"] {
            if let Some(rest) = self.rest.strip_prefix(name) {
                self.rest = rest;
                return Ok(TimeZone::UTC);
            }
        }
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Err(Wrong::Form),
        };
        self.rest = &self.rest[1..];
        let (number, digits) = self.number(4)?;
        let (hours, minutes) = match digits {
            1 | 2 if self.take([':']) => (number, self.number(2)?.0),
            1 | 2 => (number, 0),
            _ => (number / 100, number % 100),
        };
        if hours > 23 || minutes > 59 {
            return Err(Wrong::Nowhere);
        }
        let offset = Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map_err(|_| Wrong::Nowhere)?;
        Ok(offset.to_time_zone())
    }

    /// A number of at most so many digits, and how many it has.
    fn number(&mut self, most: usize) -> Result<(i32, usize), Wrong> {
        let digits = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        Ok((number.parse().map_err(|_| Wrong::Form)?, digits))
    }

    fn take<const N: usize>(&mut self, any: [char; N]) -> bool {
        let stripped = self.rest.strip_prefix(any);
        self.rest = stripped.unwrap_or(self.rest);
        stripped.is_some()
    }

    fn expect(&mut self, one: char) -> Result<(), Wrong> {
        if self.take([one]) { Ok(()) } else { Err(Wrong::Form) }
    }

    fn blanks(&mut self) -> bool {
        let trimmed = self.rest.trim_start();
        let found = trimmed.len() < self.rest.len();
        self.rest = trimmed;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{read_toml, read_yaml};
    use crate::source::{SitePath, Source};

    fn read(yaml: bool, text: &str) -> Result<Option<String>, Diagnostic> {
        let source = Source::new(SitePath::new("a.md").unwrap(), text);
        let span = source.span(0..text.len());
        let table = if yaml { read_yaml(&span) } else { read_toml(&span) }?;
        let date = read_date(table.get("date").unwrap(), &TimeZone::get("Europe/Vienna").unwrap())?;
        Ok(date.map(|date| date.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()))
    }

    #[test]
    fn every_shape_that_blogs_use_is_read_in_both_notations() {
        for (written, meant) in [
            ("2010-01-09", "2010-01-09T00:00:00+01:00"),
            ("2014-10-1", "2014-10-01T00:00:00+02:00"),
            ("2024-4-09", "2024-04-09T00:00:00+02:00"),
            ("2024-4-9", "2024-04-09T00:00:00+02:00"),
            ("2010/01/09", "2010-01-09T00:00:00+01:00"),
            ("2010-01-09 13:07:09", "2010-01-09T13:07:09+01:00"),
            ("2010-07-09 13:07:09", "2010-07-09T13:07:09+02:00"),
            ("2010-01-09T13:07:09", "2010-01-09T13:07:09+01:00"),
            ("2010-01-09t13:07:09z", "2010-01-09T13:07:09+00:00"),
            ("2013-04-19 21:19", "2013-04-19T21:19:00+02:00"),
            ("2013-04-19T21:19", "2013-04-19T21:19:00+02:00"),
            ("2013-04-19 21:19 -0700", "2013-04-19T21:19:00-07:00"),
            ("2013-11-22 5:00:00 +0000", "2013-11-22T05:00:00+00:00"),
            ("2023-01-03 9:00:23", "2023-01-03T09:00:23+01:00"),
            ("2018-05-22T9:48:00", "2018-05-22T09:48:00+02:00"),
            ("2010-01-09 13:07:09 +0200", "2010-01-09T13:07:09+02:00"),
            ("2010-01-09 13:07:09 +02:00", "2010-01-09T13:07:09+02:00"),
            ("2010-01-09 13:07:09+02:00", "2010-01-09T13:07:09+02:00"),
            ("2010-01-09 13:07:09 +02", "2010-01-09T13:07:09+02:00"),
            ("2010-01-09  13:07:09  +0530", "2010-01-09T13:07:09+05:30"),
            ("2010-01-09 13:07:09 UTC", "2010-01-09T13:07:09+00:00"),
            ("2010-01-09 13:07:09 GMT", "2010-01-09T13:07:09+00:00"),
            ("2010-01-09 13:07:09Z", "2010-01-09T13:07:09+00:00"),
            ("2019-09-17T21:06:58-04:00", "2019-09-17T21:06:58-04:00"),
            ("2014-09-30T09:45:47-0400", "2014-09-30T09:45:47-04:00"),
            ("2019-03-18 12:00:00 -300", "2019-03-18T12:00:00-03:00"),
            ("2016-04-04T16:28:00.000Z", "2016-04-04T16:28:00+00:00"),
            ("2016-04-04T16:28:00.123456789012+01:00", "2016-04-04T16:28:00.123456789+01:00"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
            ("2024-03-31 02:30", "2024-03-31T03:30:00+02:00"),
            ("9999-12-29T23:59:59+14:00", "9999-12-29T23:59:59+14:00"),
        ] {
            for (yaml, text) in [
                (true, format!("date: {written}")),
                (true, format!("date: \"{written}\"")),
                (true, format!("date: '{written} '")),
                (false, format!("date = \"{written}\"")),
            ] {
                assert_eq!(read(yaml, &text).unwrap().as_deref(), Some(meant), "{text}");
            }
        }
    }

    #[test]
    fn the_dates_of_toml_are_dates() {
        for (written, meant) in [
            ("2010-01-09", "2010-01-09T00:00:00+01:00"),
            ("2010-01-09T13:07:09", "2010-01-09T13:07:09+01:00"),
            ("2010-01-09 13:07:09.5", "2010-01-09T13:07:09.5+01:00"),
            ("2010-01-09T13:07:09Z", "2010-01-09T13:07:09+00:00"),
            ("2010-01-09T13:07:09-04:00", "2010-01-09T13:07:09-04:00"),
        ] {
            assert_eq!(read(false, &format!("date = {written}")).unwrap().as_deref(), Some(meant), "{written}");
        }
    }

    #[test]
    fn nothing_is_no_date() {
        for text in ["date:", "date: ''", "date: ~"] {
            assert_eq!(read(true, text), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_an_error_with_examples() {
        for (text, error) in [
            ("date: 2024-02-30", "a.md:1:7: error[E105]: `2024-02-30` is no date"),
            ("date: 2024-13-01", "a.md:1:7: error[E105]: `2024-13-01` is no date"),
            ("date: 99999-01-01", "a.md:1:7: error[E105]: `99999-01-01` is no date"),
            ("date: 9999-12-31T23:59:59-14:00", "a.md:1:7: error[E105]: `9999-12-31T23:59:59-14:00` is no date"),
            ("date: 2024-01-01 24:00", "a.md:1:7: error[E105]: `2024-01-01 24:00` is no date"),
            ("date: 2024-01-01 10:00 +9900", "a.md:1:7: error[E105]: `2024-01-01 10:00 +9900` is no date"),
            ("date: 2024-01-011", "a.md:1:7: error[E105]: `2024-01-011` is no date"),
            ("date: 2024-01-01 10:00 CST", "a.md:1:7: error[E105]: `2024-01-01 10:00 CST` is no date"),
            ("date: yesterday", "a.md:1:7: error[E105]: `yesterday` is no date"),
            ("date: 2024", "a.md:1:7: error[E105]: expected a date, found a whole number"),
            ("date: [2024-01-01]", "a.md:1:1: error[E105]: expected a date, found a list"),
        ] {
            let error_found = read(true, text).unwrap_err();
            assert_eq!(error_found.to_string(), error);
            assert_eq!(error_found.remedy(), Some(EXAMPLES));
        }
        assert!(read(false, "date = 07:32:00").is_err());
        assert!(read(false, "date = 2024-02-30").is_err());
    }

    #[test]
    fn a_day_in_another_form_is_understood_if_only_one_can_be_meant() {
        for (text, day) in [
            ("29.2.2024", Some("2024-02-29")),
            ("5. 3. 2024", Some("2024-03-05")),
            ("2024.03.05", Some("2024-03-05")),
            ("20240305", Some("2024-03-05")),
            ("29/02/2024", Some("2024-02-29")),
            ("2/29/2024", Some("2024-02-29")),
            ("5/5/2024", Some("2024-05-05")),
            ("5/6/2024", None),
            ("5 March 2024", Some("2024-03-05")),
            ("Mar 5, 2024", Some("2024-03-05")),
            ("30.2.2024", None),
            ("yesterday", None),
        ] {
            assert_eq!(meant(text).map(|day| day.to_string()).as_deref(), day, "{text}");
        }
    }
}
