//! Which of Plaid's endpoints only read, so that they may be sent twice.
//!
//! Not in the table, though their names end like a read's: what costs money or makes a bank work at each call (balance,
//! insights, scores, payroll risk signals). `tests/fidelity/reads.test.js` holds the table against Plaid's own package.

/// Whether a call of the path only reads.
#[allow(
    clippy::manual_contains,
    reason = "`contains` is made for speed, and four hundred bytes larger"
)]
pub(crate) fn is_read(path: &str) -> bool {
    let hash = hash(path.as_bytes());
    let ends_like_one = path
        .as_bytes()
        .last_chunk()
        .is_some_and(|end| ENDS.iter().any(|known| *known == number(*end)));
    ends_like_one && HASHES.iter().any(|read| *read == hash)
}

/// How reads end: get, list, sync, match, search, download, get_by_id, introspect. What changes something, and does not
/// exist yet, will hardly end so.
static ENDS: [u32; 8] = [
    number(*b"get"),
    number(*b"ist"),
    number(*b"ync"),
    number(*b"tch"),
    number(*b"rch"),
    number(*b"oad"),
    number(*b"_id"),
    number(*b"ect"),
];

const fn number([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

/// A hash instead of each path: the text of all of them would be a twentieth of the npm package. A path that is not in
/// the table, and ends like one that is, shares a hash with one once in four hundred times; none of Plaid's does, the test
/// checks.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "this runs in the compiler, where a panic is a compile error"
)]
static HASHES: [u16; READS.len()] = {
    let mut hashes = [0; READS.len()];
    let mut at = 0;
    while at < READS.len() {
        hashes[at] = hash(READS[at].as_bytes());
        at += 1;
    }
    hashes
};

/// The upper half of FNV-1a.
const fn hash(mut text: &[u8]) -> u16 {
    let mut hash = 0x811c_9dc5_u32;
    while let [byte, rest @ ..] = text {
        hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
        text = rest;
    }
    (hash >> 16) as u16
}

/// Every read of plaid 47.0.0.
const READS: [&str; 152] = [
    "/accounts/get",
    "/application/get",
    "/asset_report/audit_copy/get",
    "/asset_report/audit_copy/pdf/get",
    "/asset_report/get",
    "/asset_report/pdf/get",
    "/auth/get",
    "/bank_transfer/balance/get",
    "/bank_transfer/event/list",
    "/bank_transfer/event/sync",
    "/bank_transfer/get",
    "/bank_transfer/list",
    "/bank_transfer/sweep/get",
    "/bank_transfer/sweep/list",
    "/beacon/duplicate/get",
    "/beacon/report/get",
    "/beacon/report/list",
    "/beacon/report_syndication/get",
    "/beacon/report_syndication/list",
    "/beacon/user/get",
    "/beacon/user/history/list",
    "/beta/credit/v1/bank_employment/get",
    "/beta/issues/v1/get",
    "/beta/issues/v1/list",
    "/beta/issues/v1/match",
    "/beta/partner/customer/v1/get",
    "/beta/transactions/rules/v1/list",
    "/beta/webhook_events/list",
    "/business_verification/get",
    "/cashflow_report/get",
    "/cashflow_report/transactions/get",
    "/categories/get",
    "/consent/events/get",
    "/consumer_report/pdf/get",
    "/cra/check_report/base_report/get",
    "/cra/check_report/pdf/get",
    "/cra/check_report/verification/get",
    "/cra/check_report/verification/pdf/get",
    "/cra/credit_profile/report/get",
    "/cra/report/get",
    "/cra/servicing/subscription/get",
    "/cra/servicing/subscription/list",
    "/credit/asset_report/freddie_mac/get",
    "/credit/bank_income/get",
    "/credit/bank_income/pdf/get",
    "/credit/bank_statements/uploads/get",
    "/credit/employment/get",
    "/credit/freddie_mac/reports/get",
    "/credit/payroll_income/get",
    "/credit/relay/get",
    "/credit/relay/pdf/get",
    "/credit/sessions/get",
    "/dashboard_user/get",
    "/dashboard_user/list",
    "/employers/search",
    "/employment/verification/get",
    "/identity/documents/uploads/get",
    "/identity/get",
    "/identity/match",
    "/identity/match/list",
    "/identity_verification/get",
    "/identity_verification/list",
    "/income/verification/documents/download",
    "/income/verification/paystubs/get",
    "/income/verification/taxforms/get",
    "/institutions/get",
    "/institutions/get_by_id",
    "/institutions/search",
    "/investments/auth/get",
    "/investments/holdings/get",
    "/investments/transactions/get",
    "/issues/get",
    "/issues/search",
    "/item/activity/list",
    "/item/application/list",
    "/item/get",
    "/liabilities/get",
    "/link/token/get",
    "/link_delivery/get",
    "/network/status/get",
    "/oauth/introspect",
    "/partner/customer/get",
    "/partner/customer/oauth_institutions/get",
    "/payment_initiation/consent/get",
    "/payment_initiation/payment/get",
    "/payment_initiation/payment/list",
    "/payment_initiation/recipient/get",
    "/payment_initiation/recipient/list",
    "/payment_profile/get",
    "/processor/account/get",
    "/processor/auth/get",
    "/processor/identity/get",
    "/processor/identity/match",
    "/processor/investments/auth/get",
    "/processor/investments/holdings/get",
    "/processor/investments/transactions/get",
    "/processor/liabilities/get",
    "/processor/token/permissions/get",
    "/processor/transactions/get",
    "/processor/transactions/recurring/get",
    "/processor/transactions/sync",
    "/profile/network_status/get",
    "/protect/event/get",
    "/sandbox/transfer/test_clock/get",
    "/sandbox/transfer/test_clock/list",
    "/statements/download",
    "/statements/list",
    "/transactions/get",
    "/transactions/recurring/get",
    "/transactions/sync",
    "/transfer/balance/get",
    "/transfer/capabilities/get",
    "/transfer/configuration/get",
    "/transfer/event/list",
    "/transfer/event/sync",
    "/transfer/get",
    "/transfer/intent/get",
    "/transfer/ledger/event/list",
    "/transfer/ledger/get",
    "/transfer/list",
    "/transfer/metrics/get",
    "/transfer/originator/get",
    "/transfer/originator/list",
    "/transfer/recurring/get",
    "/transfer/recurring/list",
    "/transfer/refund/get",
    "/transfer/repayment/list",
    "/transfer/repayment/return/list",
    "/transfer/sweep/get",
    "/transfer/sweep/list",
    "/user/get",
    "/user/items/get",
    "/user_account/session/get",
    "/wallet/get",
    "/wallet/list",
    "/wallet/transaction/get",
    "/wallet/transaction/list",
    "/watchlist_screening/entity/get",
    "/watchlist_screening/entity/history/list",
    "/watchlist_screening/entity/hit/list",
    "/watchlist_screening/entity/list",
    "/watchlist_screening/entity/program/get",
    "/watchlist_screening/entity/program/list",
    "/watchlist_screening/entity/review/list",
    "/watchlist_screening/individual/get",
    "/watchlist_screening/individual/history/list",
    "/watchlist_screening/individual/hit/list",
    "/watchlist_screening/individual/list",
    "/watchlist_screening/individual/program/get",
    "/watchlist_screening/individual/program/list",
    "/watchlist_screening/individual/review/list",
    "/webhook_verification_key/get",
];
