//! What the test user's investment accounts hold, and what happens in them each month.

pub(crate) struct Security {
    pub id: &'static str,
    pub name: &'static str,
    pub ticker: Option<&'static str>,
    pub kind: &'static str,
    pub price: f64,
}

pub(crate) struct Holding {
    /// Of the account.
    pub mask: &'static str,
    pub security: &'static str,
    pub quantity: f64,
    pub value: f64,
    pub cost_basis: f64,
}

pub(crate) struct Trade {
    pub days_ago: i64,
    pub mask: &'static str,
    pub security: &'static str,
    pub name: &'static str,
    pub quantity: f64,
    pub price: f64,
    pub amount: f64,
    pub fees: f64,
    pub kind: (&'static str, &'static str),
}

const fn security(
    id: &'static str,
    name: &'static str,
    ticker: Option<&'static str>,
    kind: &'static str,
    price: f64,
) -> Security {
    Security {
        id,
        name,
        ticker,
        kind,
        price,
    }
}

const fn holding(
    mask: &'static str,
    security: &'static str,
    quantity: f64,
    value: f64,
    cost_basis: f64,
) -> Holding {
    Holding {
        mask,
        security,
        quantity,
        value,
        cost_basis,
    }
}

const USD: &str = "d6ePmbPxgWCWmMVv66q9iPV94n91vMtov5Are";
const NFLX: &str = "8E4L9XLl6MudjEpwPAAgivmdZRdBPJuvMPlPb";
const EWZ: &str = "abJamDazkgfvBkVGgnnLUWXoxnomp5up8llg4";
const ACHN: &str = "KDwjlXj1Rqt58dVvmzRguxJybmyQL8FgeWWAy";
const DBLTX: &str = "NDVQrXQoqzt5v3bAe8qRt4A7mK7wvZCLEBBJk";
const MIPTX: &str = "JDdP7XPMklt5vwPmDN45t3KAoWAPmjtpaW7DP";
const NHX: &str = "nnmo8doZ4lfKNEDe3mPJipLGkaGw3jfPrpxoN";
const CAMYX: &str = "MD9eKXeplrt5yKRlzLqXiavwb6wrdxUb3wdnM";
const SBSI: &str = "eW4jmnjd6AtjxXVrjmj6SX1dNEdZp3Cy8RnRQ";

#[rustfmt::skip]
pub(crate) const SECURITIES: &[Security] = &[
    security(USD, "U S Dollar", None, "cash", 1.0),
    security(NFLX, "Nflx Feb 01'18 $355 Call", Some("NFLX180201C00355000"), "derivative", 0.011),
    security(EWZ, "iShares Inc MSCI Brazil", Some("EWZ"), "etf", 42.15),
    security(ACHN, "Achillion Pharmaceuticals Inc.", Some("ACHN"), "equity", 2.11),
    security(DBLTX, "DoubleLine Total Return Bond Fund", Some("DBLTX"), "mutual fund", 10.42),
    security(MIPTX, "Matthews Pacific Tiger Fund Insti Class", Some("MIPTX"), "mutual fund", 27.0),
    security(NHX, "NH PORTFOLIO 1055 (FIDELITY INDEX)", Some("NHX105509"), "etf", 13.73),
    security(CAMYX, "Cambiar International Equity Institutional", Some("CAMYX"), "mutual fund", 24.5),
    security(SBSI, "Southside Bancshares Inc.", Some("SBSI"), "equity", 34.73),
];

#[rustfmt::skip]
pub(crate) const HOLDINGS: &[Holding] = &[
    holding("5555", USD, 0.01, 0.01, 1.0),
    holding("5555", NFLX, 10000.0, 110.0, 0.01),
    holding("5555", EWZ, 5.0, 210.75, 40.0),
    holding("6666", ACHN, 1.0, 2.11, 1.5),
    holding("6666", DBLTX, 2.0, 20.84, 10.0),
    holding("6666", MIPTX, 23.567, 636.309, 23.0),
    holding("6666", NHX, 100.05, 1373.6865, 15.0),
    holding("6666", CAMYX, 75.75, 1855.875, 22.0),
    holding("6666", SBSI, 213.0, 7397.49, 30.0),
    holding("6666", USD, 12345.67, 12345.67, 1.0),
];

#[rustfmt::skip]
pub(crate) const TRADES: &[Trade] = &[
    Trade { days_ago: 3, mask: "5555", security: EWZ, name: "INCOME DIV DIVIDEND RECEIVED", quantity: 0.0, price: 0.0, amount: -8.72, fees: 0.0, kind: ("cash", "dividend") },
    Trade { days_ago: 9, mask: "6666", security: MIPTX, name: "SELL Matthews Pacific Tiger Fund Insti Class", quantity: -47.74104242992852, price: 27.53, amount: -1289.01, fees: 7.99, kind: ("sell", "sell") },
    Trade { days_ago: 15, mask: "6666", security: DBLTX, name: "BUY DoubleLine Total Return Bond Fund", quantity: 44.93, price: 10.42, amount: 476.16, fees: 7.99, kind: ("buy", "buy") },
];
