//! The fixed data: banks, accounts, transactions, securities.

pub(crate) mod institutions;
pub(crate) mod test_user;
