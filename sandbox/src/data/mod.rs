//! The fixed data: banks, accounts, transactions, securities.

pub(crate) mod institutions;
pub(crate) mod securities;
pub(crate) mod test_user;
pub(crate) mod transactions;
pub(crate) mod typed;
