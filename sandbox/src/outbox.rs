//! Webhooks on their way: delayed, doubled or reordered on demand, and retried until they are received.

use std::collections::VecDeque;

use serde::Deserialize;

use crate::clock::SECOND;
use crate::http::Delivery;

/// What happens to the next webhooks on their way.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Disorder {
    /// How many webhooks it happens to: 1 by default, 2 with `reorder`
    pub times: Option<u32>,
    /// Each is posted twice
    pub duplicate: Option<bool>,
    /// Milliseconds of the sandbox's clock before each is posted
    pub delay_ms: Option<u32>,
    /// They are held back until the last of them is there, and posted in reverse order
    pub reorder: Option<bool>,
}

impl Disorder {
    /// The fields as a caller names them, and what each must be.
    pub const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("times", "an integer of at least 1"),
        ("duplicate", "a boolean"),
        ("delayMs", "an integer from 0 to 4294967295"),
        ("reorder", "a boolean"),
    ];

    /// What is wrong with it, naming the field.
    pub fn problem(&self) -> Option<&'static str> {
        let reorder = self.reorder == Some(true);
        match self.times {
            Some(0) => Some("times must be an integer of at least 1"),
            Some(1) if reorder => Some("times must be at least 2 with reorder"),
            _ if !reorder && self.duplicate != Some(true) && self.delay_ms.is_none() => {
                Some("one of duplicate, delayMs and reorder is needed")
            }
            _ => None,
        }
    }
}

/// Plaid's waits between one attempt and the next: each is four times as long as the one before.
const FIRST_WAIT: i64 = 30 * SECOND;
const WAITS_GROW_BY: i64 = 4;
const RETRIES: u32 = 6;
/// The bytes that the webhooks of a queue may take; the oldest are dropped.
const MAX_QUEUE_BYTES: usize = 8 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Outbox {
    disorders: VecDeque<Disorder>,
    /// Held back until their order can be reversed.
    held: Queue,
    /// To be posted once the clock gets there.
    waiting: Queue,
}

#[derive(Default)]
struct Queue {
    deliveries: VecDeque<Delivery>,
    bytes: usize,
}

impl Queue {
    fn push(&mut self, delivery: Delivery) {
        self.bytes = self.bytes.saturating_add(size(&delivery));
        self.deliveries.push_back(delivery);
        while self.bytes > MAX_QUEUE_BYTES {
            let Some(oldest) = self.deliveries.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(size(&oldest));
        }
    }

    fn take(&mut self) -> VecDeque<Delivery> {
        std::mem::take(self).deliveries
    }
}

fn size(Delivery { url, webhook, .. }: &Delivery) -> usize {
    let texts = [url, &webhook.body, &webhook.verification];
    let bytes = texts.iter().map(|text| text.len());
    bytes.fold(size_of::<Delivery>(), usize::saturating_add)
}

impl Outbox {
    /// Lets something happen to the next webhooks, after what was asked for earlier.
    pub fn add_disorder(&mut self, disorder: Disorder) {
        let times = if disorder.reorder == Some(true) { 2 } else { 1 };
        self.disorders.push_back(Disorder {
            times: disorder.times.or(Some(times)),
            ..disorder
        });
    }

    /// Takes new webhooks in and gives those that are to be posted now, in order.
    pub fn send(&mut self, deliveries: Vec<Delivery>) -> Vec<Delivery> {
        let mut posted = Vec::new();
        for delivery in deliveries {
            let Some(disorder) = self.disorders.front_mut() else {
                posted.push(delivery);
                continue;
            };
            let left = disorder.times.unwrap_or(1).saturating_sub(1);
            disorder.times = Some(left);
            let disorder = disorder.clone();
            if left == 0 {
                self.disorders.pop_front();
            }
            self.held.push(delivery);
            if left == 0 || disorder.reorder != Some(true) {
                for delivery in self.held.take().into_iter().rev() {
                    self.release(delivery, &disorder, &mut posted);
                }
            }
        }
        posted
    }

    fn release(&mut self, delivery: Delivery, disorder: &Disorder, posted: &mut Vec<Delivery>) {
        let copies = if disorder.duplicate == Some(true) { 2 } else { 1 };
        for delivery in std::iter::repeat_n(delivery, copies) {
            match disorder.delay_ms {
                Some(delay) => self.wait(delivery, i64::from(delay)),
                None => posted.push(delivery),
            }
        }
    }

    /// Lets a webhook be posted that much later than it was to be.
    fn wait(&mut self, mut delivery: Delivery, delay: i64) {
        delivery.due = delivery.due.saturating_add(delay);
        self.waiting.push(delivery);
    }

    /// Takes back a webhook that was not received, to be posted again later, up to Plaid's number of retries.
    pub fn failed(&mut self, mut delivery: Delivery) {
        if delivery.retries >= RETRIES {
            return;
        }
        let delay = FIRST_WAIT.saturating_mul(WAITS_GROW_BY.saturating_pow(delivery.retries));
        delivery.retries = delivery.retries.saturating_add(1);
        self.wait(delivery, delay);
    }

    /// The webhooks whose time has come, the earliest first.
    pub fn due(&mut self, now: i64) -> Vec<Delivery> {
        let mut due = Vec::new();
        for delivery in self.waiting.take() {
            if delivery.due <= now {
                due.push(delivery);
            } else {
                self.waiting.push(delivery);
            }
        }
        due.sort_by_key(|delivery| delivery.due);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::SignedWebhook;

    fn webhook(url: &str) -> Delivery {
        Delivery {
            url: url.to_owned(),
            webhook: SignedWebhook {
                body: "{}".to_owned(),
                verification: String::new(),
            },
            due: 0,
            retries: 0,
        }
    }

    fn urls(deliveries: &[Delivery]) -> Vec<&str> {
        deliveries.iter().map(|delivery| delivery.url.as_str()).collect()
    }

    #[test]
    fn a_webhook_is_retried_six_times_and_each_wait_is_four_times_the_last() {
        let mut outbox = Outbox::default();
        outbox.failed(webhook("a"));
        let mut times = Vec::new();
        for second in (0..60_000).step_by(30) {
            for delivery in outbox.due(second * SECOND) {
                times.push(second);
                outbox.failed(delivery);
            }
        }
        assert_eq!(times, [30, 150, 630, 2_550, 10_230, 40_950]);
    }

    #[test]
    fn the_oldest_webhooks_are_dropped_when_a_queue_is_full() {
        let mut outbox = Outbox::default();
        for number in 0..20 {
            outbox.failed(webhook(&format!("{number}{}", "x".repeat(1024 * 1024))));
        }
        let due = outbox.due(i64::MAX);
        assert_eq!(due.len(), 7);
        assert!(
            due.first()
                .is_some_and(|delivery| delivery.url.starts_with("13x"))
        );
        assert_eq!(outbox.waiting.bytes, 0);
    }

    #[test]
    fn webhooks_are_reversed_doubled_and_delayed_and_then_left_alone() {
        let mut outbox = Outbox::default();
        outbox.add_disorder(Disorder {
            reorder: Some(true),
            ..Disorder::default()
        });
        outbox.add_disorder(Disorder {
            duplicate: Some(true),
            ..Disorder::default()
        });
        outbox.add_disorder(Disorder {
            delay_ms: Some(1_000),
            ..Disorder::default()
        });
        assert!(outbox.send(vec![webhook("a")]).is_empty());
        let sent = outbox.send(["b", "c", "d", "e"].map(webhook).to_vec());
        assert_eq!(urls(&sent), ["b", "a", "c", "c", "e"]);
        assert!(outbox.due(999).is_empty());
        assert_eq!(urls(&outbox.due(1_000)), ["d"]);
        assert!(outbox.due(i64::MAX).is_empty());
    }
}
