# Streams an answer with OpenAI's own client. Needs a key: POST /auth/keys with the scope `chat`.
#   pip install openai
#   INDIFLY_KEY=ifk_… python examples/openai/python.py "Can a landlord keep the whole deposit?"
import os
import sys

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("INDIFLY_URL", "http://localhost:8787/v1"),
    api_key=os.environ["INDIFLY_KEY"],
)

question = sys.argv[1] if len(sys.argv) > 1 else "Can a landlord keep the whole deposit?"
stream = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[
        {"role": "system", "content": "Answer in two sentences."},
        {"role": "user", "content": question},
    ],
    stream=True,
    stream_options={"include_usage": True},
)

for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
        # Links to the cited pages, where documents were named: extra_body={"file_ids": [...]}.
        for annotation in getattr(choice.delta, "annotations", None) or []:
            link = annotation["url_citation"]
            print(f"\n{link['title']}: {link['url']}", end="")
    if chunk.usage:
        print(f"\n({chunk.usage.total_tokens} tokens)")
