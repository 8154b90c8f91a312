//! Rows that together hold every pair of choices: most faults need no more than two choices to meet.

use std::collections::HashSet;

/// Something that a card is one way or another.
#[derive(Debug)]
pub struct Factor {
    pub name: &'static str,
    pub levels: &'static [&'static str],
    /// The factor that gives this one a meaning, and by which of its levels; it stands before this one.
    pub needs: Option<(usize, &'static [usize])>,
}

/// A level of a factor.
pub type Choice = (usize, usize);

/// One level a factor; `None` where the factor has no meaning.
pub type Row = Vec<Option<usize>>;

/// Why two choices cannot meet: words of the refusal.
pub type Clash = fn(Choice, Choice) -> Option<&'static str>;

/// Every row, and every pair that no row may hold.
#[derive(Debug, Default)]
pub struct Cover {
    pub rows: Vec<Row>,
    /// Pairs that some row holds.
    pub held: usize,
    /// Pairs that clash, the row in which they do, and the words of the refusal.
    pub illegal: Vec<(Choice, Choice, Row, &'static str)>,
    /// Pairs of which one has no meaning beside the other.
    pub meaningless: usize,
}

struct Space<'a> {
    factors: &'a [Factor],
    clash: Clash,
    /// Pairs that no row holds yet.
    missing: HashSet<(Choice, Choice)>,
    /// So that equals are taken in turn.
    turn: usize,
}

/// Makes the rows.
pub fn cover(factors: &[Factor], clash: Clash) -> Cover {
    let mut space = Space {
        factors,
        clash,
        missing: HashSet::new(),
        turn: 0,
    };
    let mut cover = Cover::default();
    let pairs = all_pairs(factors);
    for &(left, right) in &pairs {
        if !space.has_meaning(left, right) {
            cover.meaningless += 1;
        } else if let Some(words) = clash(left, right) {
            let row = space
                .row(&[left, right])
                .expect("a row around a pair that clashes");
            cover.illegal.push((left, right, row, words));
        } else {
            space.missing.insert((left, right));
        }
    }
    for (left, right) in pairs {
        if !space.missing.contains(&(left, right)) {
            continue;
        }
        let row = space.row(&[left, right]);
        let row =
            row.unwrap_or_else(|| panic!("no row has {} and {}", name(factors, left), name(factors, right)));
        for pair in pairs_of(&row) {
            cover.held += usize::from(space.missing.remove(&pair));
        }
        cover.rows.push(row);
        space.turn += 1;
    }
    cover
}

/// `factor=level`.
pub fn name(factors: &[Factor], (factor, level): Choice) -> String {
    format!("{}={}", factors[factor].name, factors[factor].levels[level])
}

/// Every pair of levels of two factors.
pub fn all_pairs(factors: &[Factor]) -> Vec<(Choice, Choice)> {
    let choices = |factor: usize| (0..factors[factor].levels.len()).map(move |level| (factor, level));
    let mut pairs = Vec::new();
    for right in 0..factors.len() {
        for left in 0..right {
            pairs.extend(choices(left).flat_map(|a| choices(right).map(move |b| (a, b))));
        }
    }
    pairs
}

fn choices_of(row: &Row) -> impl Iterator<Item = Choice> + '_ {
    row.iter()
        .enumerate()
        .filter_map(|(factor, level)| level.map(|level| (factor, level)))
}

fn pairs_of(row: &Row) -> Vec<(Choice, Choice)> {
    choices_of(row)
        .flat_map(|right| {
            choices_of(row)
                .filter(move |left| left.0 < right.0)
                .map(move |left| (left, right))
        })
        .collect()
}

impl Space<'_> {
    /// Whether both can be said of one card: what they need does not exclude each other.
    fn has_meaning(&self, left: Choice, right: Choice) -> bool {
        let mut levels: Vec<Option<Vec<usize>>> = vec![None; self.factors.len()];
        let mut narrow = |factor: usize, to: &[usize]| {
            let narrowed = match &levels[factor] {
                None => to.to_vec(),
                Some(known) => known.iter().copied().filter(|level| to.contains(level)).collect(),
            };
            let possible = !narrowed.is_empty();
            levels[factor] = Some(narrowed);
            possible
        };
        [left, right].into_iter().all(|(factor, level)| {
            let needed = self.factors[factor]
                .needs
                .is_none_or(|(parent, to)| narrow(parent, to));
            needed && narrow(factor, &[level])
        })
    }

    /// A row with these choices that holds as many missing pairs as can be had without search. Clashes among the given
    /// ones are their own.
    fn row(&self, given: &[Choice]) -> Option<Row> {
        self.extend(Vec::new(), given)
    }

    fn extend(&self, row: Row, given: &[Choice]) -> Option<Row> {
        let factor = row.len();
        let Some(about) = self.factors.get(factor) else {
            return Some(row);
        };
        let fixed = given.iter().find(|choice| choice.0 == factor);
        let means = about
            .needs
            .is_none_or(|(parent, to)| row[parent].is_some_and(|level| to.contains(&level)));
        if !means {
            return match fixed {
                Some(_) => None,
                None => self.extend([row, vec![None]].concat(), given),
            };
        }
        let count = about.levels.len();
        let mut levels: Vec<usize> = match fixed {
            Some((_, level)) => vec![*level],
            None => (0..count).map(|n| (n + self.turn) % count).collect(),
        };
        let others = || choices_of(&row).chain(given.iter().copied());
        levels.retain(|level| {
            fixed.is_some()
                || others().all(|other| other.0 == factor || self.clash_of(other, (factor, *level)).is_none())
        });
        let worth = |level: &usize| {
            others()
                .filter(|other| self.missing.contains(&ordered(*other, (factor, *level))))
                .count()
        };
        levels.sort_by_key(|level| usize::MAX - worth(level));
        levels
            .into_iter()
            .find_map(|level| self.extend([row.clone(), vec![Some(level)]].concat(), given))
    }

    fn clash_of(&self, one: Choice, other: Choice) -> Option<&'static str> {
        let (left, right) = ordered(one, other);
        (self.clash)(left, right)
    }
}

fn ordered(one: Choice, other: Choice) -> (Choice, Choice) {
    if one.0 < other.0 {
        (one, other)
    } else {
        (other, one)
    }
}
