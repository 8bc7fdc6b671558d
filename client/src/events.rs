//! The two event feeds as streams.

use std::collections::VecDeque;

use futures_core::Stream;
use futures_util::stream::unfold;
use plaid_edge_core::operation::Feed;
use serde::de::DeserializeOwned;

use crate::arguments::EventsRequest;
use crate::client::Client;
use crate::error::Error;
use crate::transport::Transport;
use crate::types::{BankTransferEvent, BankTransferEvents, TransferEvent, TransferEvents};

/// A page of a feed.
pub(crate) trait EventPage: DeserializeOwned {
    const FEED: Feed;
    type Event;

    fn into_events(self) -> Vec<Self::Event>;
    fn event_id(event: &Self::Event) -> u64;
    /// False if the page is known to be the last.
    fn may_have_more(&self) -> bool;
}

impl EventPage for BankTransferEvents {
    const FEED: Feed = Feed::BankTransfer;
    type Event = BankTransferEvent;

    fn into_events(self) -> Vec<BankTransferEvent> {
        self.bank_transfer_events
    }

    fn event_id(event: &BankTransferEvent) -> u64 {
        event.event_id
    }

    /// These pages don't say whether more follow. The last one has nothing new.
    fn may_have_more(&self) -> bool {
        true
    }
}

impl EventPage for TransferEvents {
    const FEED: Feed = Feed::Transfer;
    type Event = TransferEvent;

    fn into_events(self) -> Vec<TransferEvent> {
        self.transfer_events
    }

    fn event_id(event: &TransferEvent) -> u64 {
        event.event_id
    }

    fn may_have_more(&self) -> bool {
        self.has_more
    }
}

/// The position in a feed. It moves only when an event is returned.
struct Place<P: EventPage> {
    after: EventsRequest,
    page: VecDeque<P::Event>,
    is_last: bool,
}

/// Every event of a feed after an ID, oldest first.
pub(crate) fn events<T: Transport, P: EventPage>(
    client: Client<T>,
    method: &'static str,
    after: EventsRequest,
) -> impl Stream<Item = Result<P::Event, Error>> {
    let start = Place::<P> {
        after,
        page: VecDeque::new(),
        is_last: false,
    };
    unfold((client, start), move |(client, mut place)| async move {
        loop {
            if let Some(event) = place.page.pop_front() {
                // An ID may be in a page twice.
                if P::event_id(&event) <= place.after.after_id {
                    continue;
                }
                place.after.after_id = P::event_id(&event);
                return Some((Ok(event), (client, place)));
            }
            if place.is_last {
                return None;
            }
            match client.event_page::<P>(method, place.after).await {
                Ok(page) => {
                    let may_have_more = page.may_have_more();
                    let mut events = page.into_events();
                    events.retain(|event| P::event_id(event) > place.after.after_id);
                    events.sort_by_key(P::event_id);
                    place.is_last = !may_have_more || events.is_empty();
                    place.page = events.into();
                }
                Err(error) => return Some((Err(error), (client, place))),
            }
        }
    })
}
