//! The transactions of the test users: a cycle of thirty days that repeats back to the start of the history.

pub(crate) struct Template {
    pub days_ago: i64,
    pub name: &'static str,
    pub amount: f64,
    /// Of the account.
    pub mask: &'static str,
    pub merchant: Option<&'static str>,
    pub channel: &'static str,
    pub category: (&'static str, &'static str),
}

pub(crate) const CYCLE_DAYS: i64 = 30;

const fn row(
    days_ago: i64,
    name: &'static str,
    amount: f64,
    mask: &'static str,
    merchant: Option<&'static str>,
    channel: &'static str,
    category: (&'static str, &'static str),
) -> Template {
    Template {
        days_ago,
        name,
        amount,
        mask,
        merchant,
        channel,
        category,
    }
}

const TAXI: (&str, &str) = ("TRANSPORTATION", "TRANSPORTATION_TAXIS_AND_RIDE_SHARES");
const CARD: (&str, &str) = ("LOAN_PAYMENTS", "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT");
const WAGES: (&str, &str) = ("INCOME", "INCOME_WAGES");
const SAVINGS: (&str, &str) = ("TRANSFER_IN", "TRANSFER_IN_DEPOSIT");
const GYM: (&str, &str) = ("PERSONAL_CARE", "PERSONAL_CARE_GYMS_AND_FITNESS_CENTERS");
const FLIGHTS: (&str, &str) = ("TRAVEL", "TRAVEL_FLIGHTS");
const FAST_FOOD: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_FAST_FOOD");
const COFFEE: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_COFFEE");
const RESTAURANT: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_RESTAURANT");
const INTEREST: (&str, &str) = ("INCOME", "INCOME_INTEREST_EARNED");
const SPORT: (&str, &str) = ("GENERAL_MERCHANDISE", "GENERAL_MERCHANDISE_SPORTING_GOODS");

#[rustfmt::skip]
pub(crate) const CYCLE: &[Template] = &[
    row(0, "Uber 063015 SF**POOL**", 5.40, "0000", Some("Uber"), "online", TAXI),
    row(0, "CREDIT CARD 3333 PAYMENT *//", 25.0, "1111", None, "other", CARD),
    row(1, "ACH Electronic CreditGUSTO PAY 123456", 5850.0, "4444", None, "online", WAGES),
    row(1, "CD DEPOSIT .INITIAL.", 1000.0, "2222", None, "other", SAVINGS),
    row(2, "Touchstone Climbing", 78.5, "3333", Some("Touchstone Climbing"), "in store", GYM),
    row(2, "United Airlines", -500.0, "0000", Some("United Airlines"), "in store", FLIGHTS),
    row(3, "McDonald's", 12.0, "0000", Some("McDonald's"), "in store", FAST_FOOD),
    row(3, "Starbucks", 4.33, "0000", Some("Starbucks"), "in store", COFFEE),
    row(4, "SparkFun", 89.4, "0000", Some("SparkFun"), "in store", RESTAURANT),
    row(5, "INTRST PYMNT", -4.22, "1111", None, "other", INTEREST),
    row(15, "United Airlines", 500.0, "3333", Some("United Airlines"), "in store", FLIGHTS),
    row(17, "Uber 072515 SF**POOL**", 6.33, "0000", Some("Uber"), "online", TAXI),
    row(20, "Tectra Inc", 500.0, "3333", Some("Tectra"), "in store", RESTAURANT),
    row(21, "AUTOMATIC PAYMENT - THANK", 2078.5, "3333", None, "other", CARD),
    row(21, "KFC", 500.0, "3333", Some("KFC"), "in store", FAST_FOOD),
    row(21, "Madison Bicycle Shop", 500.0, "3333", Some("Madison Bicycle Shop"), "in store", SPORT),
];

const RENT: (&str, &str) = ("RENT_AND_UTILITIES", "RENT_AND_UTILITIES_RENT");
const POWER: (&str, &str) = ("RENT_AND_UTILITIES", "RENT_AND_UTILITIES_GAS_AND_ELECTRICITY");
const INTERNET: (&str, &str) = ("RENT_AND_UTILITIES", "RENT_AND_UTILITIES_INTERNET_AND_CABLE");
const PHONE: (&str, &str) = ("RENT_AND_UTILITIES", "RENT_AND_UTILITIES_TELEPHONE");
const VIDEO: (&str, &str) = ("ENTERTAINMENT", "ENTERTAINMENT_TV_AND_MOVIES");
const MUSIC: (&str, &str) = ("ENTERTAINMENT", "ENTERTAINMENT_MUSIC_AND_AUDIO");
const GROCERIES: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_GROCERIES");
const FUEL: (&str, &str) = ("TRANSPORTATION", "TRANSPORTATION_GAS");
const TRANSIT: (&str, &str) = ("TRANSPORTATION", "TRANSPORTATION_PUBLIC_TRANSIT");
const PHARMACY: (&str, &str) = ("MEDICAL", "MEDICAL_PHARMACIES_AND_SUPPLEMENTS");
const SHOP: (&str, &str) = ("GENERAL_MERCHANDISE", "GENERAL_MERCHANDISE_ONLINE_MARKETPLACES");
const INSURANCE: (&str, &str) = ("GENERAL_SERVICES", "GENERAL_SERVICES_INSURANCE");
const OUT: (&str, &str) = ("TRANSFER_OUT", "TRANSFER_OUT_SAVINGS");
const CASH: (&str, &str) = ("TRANSFER_OUT", "TRANSFER_OUT_WITHDRAWAL");

/// The life of `user_transactions_dynamic`, whose wages, bills and subscriptions recur.
#[rustfmt::skip]
pub(crate) const DYNAMIC_CYCLE: &[Template] = &[
    row(1, "PAYROLL ACME CORP", -2140.18, "0000", None, "other", WAGES),
    row(15, "PAYROLL ACME CORP", -2140.18, "0000", None, "other", WAGES),
    row(2, "OAKWOOD APARTMENTS RENT", 1450.0, "0000", None, "other", RENT),
    row(3, "City Power and Light", 84.37, "0000", None, "other", POWER),
    row(4, "Comcast", 69.99, "0000", Some("Comcast"), "online", INTERNET),
    row(6, "Verizon", 45.0, "3333", Some("Verizon"), "online", PHONE),
    row(7, "Netflix", 15.49, "3333", Some("Netflix"), "online", VIDEO),
    row(8, "Spotify", 11.99, "3333", Some("Spotify"), "online", MUSIC),
    row(9, "Geico", 112.4, "0000", Some("Geico"), "online", INSURANCE),
    row(10, "City Gym", 55.0, "0000", None, "other", GYM),
    row(12, "AUTOMATIC PAYMENT - THANK", 620.0, "3333", None, "other", CARD),
    row(12, "CREDIT CARD 3333 PAYMENT *//", 620.0, "0000", None, "other", CARD),
    row(16, "TRANSFER TO SAVINGS", 200.0, "0000", None, "other", OUT),
    row(18, "ATM WITHDRAWAL", 60.0, "0000", None, "other", CASH),
    row(2, "Whole Foods", 64.12, "3333", Some("Whole Foods"), "in store", GROCERIES),
    row(9, "Trader Joe's", 48.3, "3333", Some("Trader Joe's"), "in store", GROCERIES),
    row(16, "Whole Foods", 71.85, "3333", Some("Whole Foods"), "in store", GROCERIES),
    row(23, "Trader Joe's", 39.96, "3333", Some("Trader Joe's"), "in store", GROCERIES),
    row(3, "Starbucks", 5.45, "3333", Some("Starbucks"), "in store", COFFEE),
    row(7, "Blue Bottle Coffee", 6.75, "0000", Some("Blue Bottle Coffee"), "in store", COFFEE),
    row(11, "Starbucks", 5.45, "3333", Some("Starbucks"), "in store", COFFEE),
    row(19, "Blue Bottle Coffee", 6.75, "0000", Some("Blue Bottle Coffee"), "in store", COFFEE),
    row(26, "Starbucks", 5.45, "3333", Some("Starbucks"), "in store", COFFEE),
    row(5, "Shell", 38.2, "3333", Some("Shell"), "in store", FUEL),
    row(20, "Shell", 41.07, "3333", Some("Shell"), "in store", FUEL),
    row(13, "METRO TICKETS", 20.0, "0000", None, "in store", TRANSIT),
    row(6, "Corner Bistro", 42.1, "3333", None, "in store", RESTAURANT),
    row(14, "Chipotle", 13.85, "3333", Some("Chipotle"), "in store", FAST_FOOD),
    row(22, "Corner Bistro", 37.6, "3333", None, "in store", RESTAURANT),
    row(28, "McDonald's", 9.48, "3333", Some("McDonald's"), "in store", FAST_FOOD),
    row(8, "Lyft", 17.25, "3333", Some("Lyft"), "online", TAXI),
    row(24, "Uber", 22.7, "3333", Some("Uber"), "online", TAXI),
    row(17, "CVS", 14.29, "3333", Some("CVS"), "in store", PHARMACY),
    row(21, "Amazon", 32.99, "3333", Some("Amazon"), "online", SHOP),
    row(27, "Amazon", -12.5, "3333", Some("Amazon"), "online", SHOP),
];

/// What is pending at the bank of `user_transactions_dynamic`.
#[rustfmt::skip]
pub(crate) const DYNAMIC_PENDING: &[Template] = &[
    row(0, "Blue Bottle Coffee", 6.75, "0000", Some("Blue Bottle Coffee"), "in store", COFFEE),
    row(0, "Corner Bistro", 42.1, "3333", None, "in store", RESTAURANT),
    row(0, "Lyft", 17.25, "3333", Some("Lyft"), "online", TAXI),
    row(0, "City Gym", 55.0, "0000", None, "other", GYM),
];
