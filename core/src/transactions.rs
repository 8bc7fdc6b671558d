//! A whole update of an Item's transactions, out of the pages of `/transactions/sync`.
//!
//! Plaid asks that an update whose data changed meanwhile be fetched again from where it began:
//! <https://plaid.com/docs/api/products/transactions/#transactionssync>

/// Transactions a page, where the caller does not say, as JSON text: [`MAX_COUNT`].
pub(crate) const DEFAULT_COUNT: &str = "500";
/// The largest page.
pub const MAX_COUNT: u32 = 500;
/// How often an update is begun again.
pub const MAX_RESTARTS: u32 = 3;
/// Pages of one update: ten thousand of a hundred transactions are more than any Item has.
pub const MAX_PAGES: u32 = 10_000;

/// An update that is being fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Update {
    restarts: u32,
    pages: u32,
}

/// What follows a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AfterPage {
    /// Fetch the next page.
    More,
    /// The update is complete.
    Done,
    /// The response leads nowhere: it says that more follows, and not where.
    Endless,
}

impl Update {
    /// An update that begins.
    pub const fn new() -> Self {
        Self {
            restarts: 0,
            pages: 0,
        }
    }

    /// What follows a page. `has_moved`: its `next_cursor` is another than the page was asked for with.
    pub const fn page(&mut self, has_more: bool, has_moved: bool) -> AfterPage {
        self.pages = self.pages.saturating_add(1);
        match (has_more, has_moved) {
            (false, _) => AfterPage::Done,
            (true, true) if self.pages < MAX_PAGES => AfterPage::More,
            (true, _) => AfterPage::Endless,
        }
    }

    /// Whether to begin again after an error with this `error_code`.
    pub fn restarts_after(&mut self, code: &str) -> bool {
        let restarts = code == "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION" && self.restarts < MAX_RESTARTS;
        if restarts {
            self.restarts = self.restarts.saturating_add(1);
            self.pages = 0;
        }
        restarts
    }

    /// The update as a number, for a driver that can keep nothing else.
    pub const fn to_bits(self) -> u32 {
        self.pages << 2 | self.restarts
    }

    /// The update that gave the number.
    pub const fn from_bits(bits: u32) -> Self {
        Self {
            restarts: bits & 0b11,
            pages: bits >> 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_until_no_more_follow() {
        let mut update = Update::new();
        assert_eq!(update.page(true, true), AfterPage::More);
        assert_eq!(Update::from_bits(update.to_bits()), update);
        assert_eq!(update.page(true, false), AfterPage::Endless);
        assert_eq!(update.page(false, true), AfterPage::Done);
        assert_eq!(
            Update::from_bits(MAX_PAGES << 2).page(true, true),
            AfterPage::Endless
        );
    }

    #[test]
    fn three_restarts_and_only_for_a_mutation() {
        let mut update = Update::new();
        assert!(!update.restarts_after("ITEM_LOGIN_REQUIRED"));
        let mutation = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION";
        let restarts = [(); 4].map(|()| {
            update.page(true, true);
            update = Update::from_bits(update.to_bits());
            update.restarts_after(mutation)
        });
        assert_eq!(restarts, [true, true, true, false]);
    }
}
