//! The smallest response that Plaid's types allow, by path: for endpoints that the sandbox does not model.

/// A line for each path, made by scripts/types/typed-responses.mjs from Plaid's official package.
const RESPONSES: &str = include_str!("typed.txt");

/// Each path with its response, JSON without `request_id`.
pub(crate) fn responses() -> impl Iterator<Item = (&'static str, &'static str)> {
    RESPONSES.lines().filter_map(|line| line.split_once(' '))
}

/// The response of this path.
pub(crate) fn response(path: &str) -> Option<&'static str> {
    responses().find(|(own, _)| *own == path).map(|(_, body)| body)
}
