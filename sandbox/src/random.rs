//! Identifiers and keys, drawn from 32 random bytes that come with each request.

use sha2::{Digest, Sha256};

/// Bytes expanded from a seed: SHA-256 over the seed and a counter.
pub(crate) struct Random {
    seed: [u8; 32],
    blocks: u64,
}

impl Random {
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, blocks: 0 }
    }

    pub fn bytes(&mut self) -> [u8; 32] {
        self.blocks = self.blocks.wrapping_add(1);
        Sha256::new()
            .chain_update(self.seed)
            .chain_update(self.blocks.to_le_bytes())
            .finalize()
            .into()
    }

    /// A version 4 UUID, as in the tokens and the ids of bank transfers and keys.
    pub fn uuid(&mut self) -> String {
        let [
            b0,
            b1,
            b2,
            b3,
            b4,
            b5,
            b6,
            b7,
            b8,
            b9,
            b10,
            b11,
            b12,
            b13,
            b14,
            b15,
            ..,
        ] = self.bytes();
        let bytes = [
            b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15,
        ];
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// A token: `access-sandbox-<uuid>`.
    pub fn token(&mut self, kind: &str) -> String {
        format!("{kind}-sandbox-{}", self.uuid())
    }

    /// The id of an Item or an account: 37 letters and digits.
    pub fn id(&mut self) -> String {
        self.letters_and_digits(ID_LENGTH)
    }

    /// An id of the newer kind: `usr_9nSp2KuZ2x4JDw`.
    pub fn short_id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", self.letters_and_digits(14))
    }

    pub fn request_id(&mut self) -> String {
        self.letters_and_digits(15)
    }

    fn letters_and_digits(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let bytes = [self.bytes(), self.bytes()];
        bytes
            .iter()
            .flatten()
            .take(length)
            .filter_map(|byte| ALPHABET.get(usize::from(*byte % 62)))
            .map(|byte| char::from(*byte))
            .collect()
    }
}

const ID_LENGTH: usize = 37;

/// Whether the text could be an Item's or an account's id, going by its form.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the text is a UUID in the hyphenated form of Plaid's ids.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_well_formed_and_differ() {
        let mut random = Random::new([7; 32]);
        let (first, second) = (random.id(), random.id());
        assert!(is_id(&first) && is_id(&second) && first != second);
        let token = random.token("access");
        assert!(is_uuid(token.strip_prefix("access-sandbox-").unwrap()), "{token}");
        assert_eq!(random.request_id().len(), 15);
        assert_ne!(Random::new([8; 32]).id(), first);
    }
}
