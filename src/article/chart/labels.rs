//! Labels that keep out of each other's way.

/// Moves places on a line apart until neighbours are at least `gap` from each other, all within `low..=high`, and together
/// as little as possible (least squares by pooling adjacent violators: Barlow et al., *Statistical Inference under Order
/// Restrictions*, 1972). Answers in the order of `wanted`. Where there is not enough room the last ones lie beyond `high`.
pub(super) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Without the gaps, places only have to keep their order; a pool is its mean and the number of its members.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, at) in order.iter().enumerate() {
        let mut pool = (wanted[*at] - rank as f64 * gap, 1);
        while let Some(&(mean, count)) = pools.last().filter(|(mean, _)| *mean > pool.0) {
            pools.pop();
            pool = ((mean * count as f64 + pool.0 * pool.1 as f64) / (count + pool.1) as f64, count + pool.1);
        }
        pools.push(pool);
    }
    let highest = (high - wanted.len().saturating_sub(1) as f64 * gap).max(low);
    let places = pools.iter().flat_map(|&(mean, count)| std::iter::repeat_n(mean.clamp(low, highest), count));
    let mut spread = vec![0.0; wanted.len()];
    for ((rank, at), place) in order.into_iter().enumerate().zip(places) {
        spread[at] = place + rank as f64 * gap;
    }
    spread
}

/// Which of the texts centred at places have room, from 0 to `width` in characters: the last, the first, those of powers of
/// two, which scales of parallel work are made of, then the others.
pub(super) fn fitting(places: &[(f64, f64, usize)], width: f64) -> Vec<bool> {
    let last = places.len().saturating_sub(1);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&at| (at != last, at != 0, places[at].0.log2().fract() != 0.0, at));
    let mut fits = vec![false; places.len()];
    for at in order {
        let (_, place, length) = places[at];
        let is_free = |(other, &(_, there, its_length)): (usize, &(f64, f64, usize))| {
            !fits[other] || (place - there).abs() * width >= (length + its_length) as f64 / 2.0 + 1.0
        };
        fits[at] = places.iter().enumerate().all(is_free);
    }
    fits
}

/// A text of at most so many characters, its middle left out if it is longer.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= most {
        return text.to_owned();
    }
    let head = (most - 1) / 2;
    let tail = characters.len() - (most - 1 - head);
    characters[..head].iter().chain(['…'].iter()).chain(&characters[tail..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_apart_as_little_as_possible() {
        let table: [(&[f64], &[f64]); 8] = [
            (&[], &[]),
            (&[50.0], &[50.0]),
            (&[50.0, 90.0], &[50.0, 90.0]),
            (&[50.0, 50.0], &[43.0, 57.0]),
            (&[60.0, 50.0, 55.0], &[69.0, 41.0, 55.0]),
            // At the edges all give way to one side.
            (&[0.0, 0.0, 0.0], &[0.0, 14.0, 28.0]),
            (&[100.0, 98.0], &[100.0, 86.0]),
            (&[10.0, 10.0, 80.0], &[3.0, 17.0, 80.0]),
        ];
        for (wanted, places) in table {
            assert_eq!(spread(wanted, 14.0, 0.0, 100.0), places, "{wanted:?}");
        }
    }

    #[test]
    fn marks_that_would_touch_are_left_out() {
        let shown = |values: &[f64], width: f64| -> Vec<f64> {
            let (first, last) = (values[0], values[values.len() - 1]);
            let place = |value: f64| (value / first).ln() / (last / first).ln();
            let places: Vec<_> = values.iter().map(|&value| (value, place(value), value.to_string().len())).collect();
            values.iter().zip(fitting(&places, width)).filter(|(_, fits)| *fits).map(|(value, _)| *value).collect()
        };
        assert_eq!(shown(&[1.0, 2.0, 4.0, 8.0], 20.0), [1.0, 2.0, 4.0, 8.0]);
        assert_eq!(shown(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 20.0), [1.0, 2.0, 3.0, 4.0, 5.0, 8.0]);
        assert_eq!(shown(&[1000.0, 2000.0, 4000.0], 8.0), [1000.0, 4000.0]);
        assert!(fitting(&[], 20.0).is_empty());
    }

    #[test]
    fn long_texts_lose_their_middle() {
        for (text, short) in
            [("spin", "spin"), ("abcdefgh", "abcdefgh"), ("abcdefghi", "abc…fghi"), ("ääääääääää", "äää…ääää")]
        {
            assert_eq!(shortened(text, 8), short);
        }
    }
}
