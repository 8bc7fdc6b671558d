/** The oldest that is supported, and a current one that the installed workerd knows. */
export const compatibilityDates = ["2024-01-01", "2026-04-01"];
