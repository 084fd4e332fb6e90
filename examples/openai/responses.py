# Streams a response with OpenAI's own client, leaves it in the middle, and reads on after the last event that arrived;
# then asks a follow-up. Needs a key: POST /auth/keys with the scope `chat`.
#   pip install openai
#   INDIFLY_KEY=ifk_… python examples/openai/responses.py "Can a landlord keep the whole deposit?" "For how long?"
import os
import sys

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("INDIFLY_URL", "http://localhost:8787/v1"),
    api_key=os.environ["INDIFLY_KEY"],
)


def show(stream, most=None):
    """Prints a stream's text, up to `most` events; returns the response's id and the number of the last event."""
    response_id, last = None, -1
    for event in stream:
        last = event.sequence_number
        if event.type == "response.created":
            response_id = event.response.id
        elif event.type == "response.output_text.delta":
            print(event.delta, end="", flush=True)
        elif event.type == "response.failed":
            raise RuntimeError(event.response.error.message)
        if last + 1 == most:
            break
    return response_id, last


first = sys.argv[1] if len(sys.argv) > 1 else "Can a landlord keep the whole deposit?"
then = sys.argv[2] if len(sys.argv) > 2 else "How long may he keep it?"

# With `background=True` and no `stream`, the response is there at once, and only its id is needed.
response_id, last = show(client.responses.create(model="gpt-4o-mini", input=first, stream=True), most=6)
show(client.responses.retrieve(response_id, stream=True, starting_after=last))

follow_up = client.responses.create(model="gpt-4o-mini", input=then, previous_response_id=response_id)
print(f"\n\n{follow_up.output_text}\n({follow_up.usage.total_tokens} tokens)")
