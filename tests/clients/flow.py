"""Plaid's Python client against the sandbox: run by clients.test.js, with the sandbox's settings in the environment."""

import json
import os

import plaid
from plaid.api.plaid_api import PlaidApi
from plaid.model.ach_class import ACHClass
from plaid.model.auth_get_request import AuthGetRequest
from plaid.model.country_code import CountryCode
from plaid.model.identity_get_request import IdentityGetRequest
from plaid.model.item_public_token_exchange_request import ItemPublicTokenExchangeRequest
from plaid.model.link_token_create_request import LinkTokenCreateRequest
from plaid.model.link_token_create_request_user import LinkTokenCreateRequestUser
from plaid.model.products import Products
from plaid.model.sandbox_item_reset_login_request import SandboxItemResetLoginRequest
from plaid.model.sandbox_public_token_create_request import SandboxPublicTokenCreateRequest
from plaid.model.sandbox_transfer_simulate_request import SandboxTransferSimulateRequest
from plaid.model.transactions_sync_request import TransactionsSyncRequest
from plaid.model.transfer_authorization_create_request import TransferAuthorizationCreateRequest
from plaid.model.transfer_authorization_user_in_request import TransferAuthorizationUserInRequest
from plaid.model.transfer_create_request import TransferCreateRequest
from plaid.model.transfer_event_sync_request import TransferEventSyncRequest
from plaid.model.transfer_network import TransferNetwork
from plaid.model.transfer_type import TransferType


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


client = PlaidApi(
    plaid.ApiClient(
        plaid.Configuration(
            host=os.environ["PLAID_BASE_URL"],
            api_key={"clientId": os.environ["PLAID_CLIENT_ID"], "secret": os.environ["PLAID_SECRET"]},
        )
    )
)

link = client.link_token_create(
    LinkTokenCreateRequest(
        client_name="Clients",
        language="en",
        country_codes=[CountryCode("US")],
        user=LinkTokenCreateRequestUser(client_user_id="someone"),
        products=[Products("auth")],
    )
)
equal(link["link_token"].startswith("link-sandbox-"), True)

created = client.sandbox_public_token_create(
    SandboxPublicTokenCreateRequest(
        institution_id="ins_109508", initial_products=[Products("auth"), Products("transactions")]
    )
)
exchanged = client.item_public_token_exchange(
    ItemPublicTokenExchangeRequest(public_token=created["public_token"])
)
access_token = exchanged["access_token"]

auth = client.auth_get(AuthGetRequest(access_token=access_token))
equal(auth["item"]["item_id"], exchanged["item_id"])
equal(len(auth["numbers"]["ach"]), 3)
checking = next(account for account in auth["accounts"] if str(account["subtype"]) == "checking")

identity = client.identity_get(IdentityGetRequest(access_token=access_token))
equal(identity["accounts"][0]["owners"][0]["names"], ["Alberta Bobbeth Charleson"])

cursor, more, added = "", True, []
while more:
    page = client.transactions_sync(TransactionsSyncRequest(access_token=access_token, cursor=cursor, count=10))
    more = page["has_more"] or str(page["transactions_update_status"]) == "NOT_READY"
    added += page["added"]
    cursor = page["next_cursor"]
equal(len(added) > 16, True)
equal(len({row["transaction_id"] for row in added}), len(added))

authorization = client.transfer_authorization_create(
    TransferAuthorizationCreateRequest(
        access_token=access_token,
        account_id=checking["account_id"],
        type=TransferType("debit"),
        network=TransferNetwork("ach"),
        amount="12.34",
        ach_class=ACHClass("ppd"),
        user=TransferAuthorizationUserInRequest(legal_name="Alberta Bobbeth Charleson"),
    )
)["authorization"]
equal(str(authorization["decision"]), "approved")
transfer = client.transfer_create(
    TransferCreateRequest(
        access_token=access_token,
        account_id=checking["account_id"],
        authorization_id=authorization["id"],
        description="test",
    )
)["transfer"]
equal(transfer["amount"], "12.34")
client.sandbox_transfer_simulate(
    SandboxTransferSimulateRequest(transfer_id=transfer["id"], event_type="posted")
)
events = client.transfer_event_sync(TransferEventSyncRequest(after_id=0))["transfer_events"]
equal([(event["transfer_id"], str(event["event_type"])) for event in events],
      [(transfer["id"], "pending"), (transfer["id"], "posted")])

client.sandbox_item_reset_login(SandboxItemResetLoginRequest(access_token=access_token))
try:
    client.auth_get(AuthGetRequest(access_token=access_token))
    raise AssertionError("a broken login was accepted")
except plaid.ApiException as error:
    body = json.loads(error.body)
    equal((error.status, body["error_type"], body["error_code"]), (400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED"))
    equal(len(body["request_id"]), 15)

print("done")
