//! The banks of Plaid's Sandbox that this sandbox knows (<https://plaid.com/docs/sandbox/institutions/>).

use crate::error::PlaidError;

#[derive(Debug)]
pub(crate) struct Institution {
    pub id: &'static str,
    pub name: &'static str,
    /// Gives tokenized account numbers and persistent account ids.
    pub tokenized_numbers: bool,
    /// The error with which every login ends.
    pub always_fails: Option<&'static str>,
}

/// The institution of this id, or Plaid's error for an unknown one.
pub(crate) fn find(id: &str) -> Result<&'static Institution, PlaidError> {
    INSTITUTIONS
        .iter()
        .find(|institution| institution.id == id)
        .ok_or_else(|| PlaidError::of("INVALID_INSTITUTION"))
}

/// Plaid's first choice for tests.
pub(crate) const FIRST_PLATYPUS: &str = "ins_109508";

const fn bank(id: &'static str, name: &'static str) -> Institution {
    Institution {
        id,
        name,
        tokenized_numbers: false,
        always_fails: None,
    }
}

pub(crate) const INSTITUTIONS: &[Institution] = &[
    bank(FIRST_PLATYPUS, "First Platypus Bank"),
    bank("ins_109509", "First Gingham Credit Union"),
    bank("ins_109510", "Tattersall Federal Credit Union"),
    bank("ins_109511", "Tartan Bank"),
    bank("ins_109512", "Houndstooth Bank"),
    bank("ins_130016", "First Platypus Balance Bank"),
    bank("ins_43", "Tartan-Dominion Bank of Canada"),
    bank("ins_116834", "Flexible Platypus Open Banking"),
    bank("ins_117181", "Flexible Platypus Open Banking"),
    bank("ins_117650", "Royal Bank of Plaid"),
    bank("ins_132241", "First Platypus OAuth App2App Bank"),
    bank("ins_135858", "Windowpane Bank"),
    bank("ins_132363", "Pearl Bank"),
    bank("ins_135842", "Platypus Payroll"),
    Institution {
        tokenized_numbers: true,
        ..bank("ins_127287", "Platypus OAuth Bank")
    },
    Institution {
        tokenized_numbers: true,
        ..bank("ins_56", "Chase")
    },
    Institution {
        tokenized_numbers: true,
        ..bank("ins_13", "PNC")
    },
    Institution {
        tokenized_numbers: true,
        ..bank("ins_127990", "U.S. Bank")
    },
    Institution {
        always_fails: Some("INSTITUTION_DOWN"),
        ..bank("ins_132361", "Unhealthy Platypus Bank")
    },
    Institution {
        always_fails: Some("INSTITUTION_NO_LONGER_SUPPORTED"),
        ..bank("ins_133402", "Unsupported Platypus Bank")
    },
];
