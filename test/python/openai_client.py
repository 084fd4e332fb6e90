"""OpenAI's own client, as a program uses it: `python openai_client.py SCENARIO [ARGUMENT …]` prints a result as JSON.

INDIFLY_URL is the base URL, INDIFLY_KEY the API key, and INDIFLY_RETRIES how often the client repeats a request.
"""

import asyncio
import json
import os
import sys
import time

import openai

MODEL = "gpt-4o-mini"
SETTINGS = {
    "base_url": os.environ["INDIFLY_URL"],
    "api_key": os.environ["INDIFLY_KEY"],
    "max_retries": int(os.environ.get("INDIFLY_RETRIES", "0")),
}
client = openai.OpenAI(**SETTINGS)


def asking(content, **others):
    return {"model": MODEL, "messages": [{"role": "user", "content": content}], **others}


def completion(content):
    got = client.chat.completions.create(**asking(content))
    choice = got.choices[0]
    return {
        "text": choice.message.content,
        "finish_reason": choice.finish_reason,
        "tokens": got.usage.total_tokens,
        "request_id": got._request_id,
    }


def read(chunks):
    pieces, tokens, reason = [], None, None
    for chunk in chunks:
        tokens = chunk.usage.total_tokens if chunk.usage else tokens
        for choice in chunk.choices:
            pieces.append(choice.delta.content or "")
            reason = choice.finish_reason or reason
    return {"pieces": [piece for piece in pieces if piece], "tokens": tokens, "finish_reason": reason}


def streamed(content):
    options = {"stream": True, "stream_options": {"include_usage": True}}
    return read(client.chat.completions.create(**asking(content, **options)))


def streamed_by_helper(content):
    """The client's own helper checks the order of the chunks, and adds them up."""
    with client.chat.completions.stream(**asking(content)) as stream:
        pieces = [event.delta for event in stream if event.type == "content.delta" and event.delta]
        final = stream.get_final_completion()
    return {"pieces": pieces, "text": final.choices[0].message.content, "finish_reason": final.choices[0].finish_reason}


def at_once(*contents):
    """Streams of one asynchronous client, all at once."""

    async def text_of(by, content):
        stream = await by.chat.completions.create(**asking(content, stream=True))
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def main():
        async with openai.AsyncOpenAI(**SETTINGS) as by:
            return await asyncio.gather(*(text_of(by, content) for content in contents))

    return asyncio.run(main())


def left(content):
    """Leaves a stream after its first piece of text; returns the chat that the answer is kept in."""
    with client.chat.completions.create(**asking(content, stream=True, store=True)) as stream:
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                return chunk.model_extra["chat_id"]


def cited(content, file_id):
    got = client.chat.completions.create(**asking(content, extra_body={"file_ids": [file_id]}))
    return [annotation.model_dump() for annotation in got.choices[0].message.annotations]


def describe(error):
    described = {"class": type(error).__name__, "message": str(error)}
    for name in ("status_code", "code", "type", "param", "request_id"):
        described[name] = getattr(error, name, None)
    if isinstance(error, openai.APIStatusError):
        described["repeats"] = int(error.response.request.headers["x-stainless-retry-count"])
    return described


def refused(body):
    try:
        client.chat.completions.create(**{**asking("Hello?"), **json.loads(body)})
    except openai.OpenAIError as error:
        return describe(error)


def failing_stream(content):
    pieces = []
    try:
        for chunk in client.chat.completions.create(**asking(content, stream=True)):
            pieces.append(chunk.choices[0].delta.content or "")
    except openai.OpenAIError as error:
        return {"text": "".join(pieces), **describe(error)}


def models():
    listed = [model.id for model in client.models.list()]
    return {"listed": listed, "first": client.models.retrieve(listed[0]).owned_by}


def response(content):
    got = client.responses.create(model=MODEL, input=content, instructions="Be brief.")
    return {"text": got.output_text, "status": got.status, "tokens": got.usage.total_tokens}


def response_by_helper(content):
    """The client's own helper checks the order of the events, and adds them up."""
    with client.responses.stream(model=MODEL, input=content) as stream:
        types = [event.type for event in stream]
        return {"types": types, "text": stream.get_final_response().output_text}


def resumed(content, most):
    """Leaves the stream after every `most` events, and reads on after the last one."""
    numbers, text, response_id = [], "", None
    while True:
        if response_id is None:
            stream = client.responses.create(model=MODEL, input=content, stream=True)
        else:
            stream = client.responses.retrieve(response_id, stream=True, starting_after=numbers[-1])
        with stream:
            for count, event in enumerate(stream, start=1):
                numbers.append(event.sequence_number)
                if event.type == "response.created":
                    response_id = event.response.id
                elif event.type == "response.output_text.delta":
                    text += event.delta
                elif event.type == "response.completed":
                    return {"numbers": numbers, "text": text, "whole": event.response.output_text}
                if count >= int(most):
                    break


def in_background(content):
    begun = client.responses.create(model=MODEL, input=content, background=True)
    got = begun
    while got.status in ("queued", "in_progress"):
        time.sleep(0.05)
        got = client.responses.retrieve(begun.id)
    return {"begun": begun.status, "status": got.status, "text": got.output_text}


def cancelled(content):
    """Cancels a response at its first piece of text, while it is read."""
    text = ""
    with client.responses.create(model=MODEL, input=content, stream=True) as stream:
        for event in stream:
            if event.type == "response.created":
                response_id = event.response.id
            elif event.type == "response.output_text.delta":
                text += event.delta
                client.responses.cancel(response_id)
    return {"text": text, "last": event.type, "status": client.responses.retrieve(response_id).status}


def followed_up(first, then):
    before = client.responses.create(model=MODEL, input=first)
    got = client.responses.create(model=MODEL, input=then, previous_response_id=before.id)
    client.responses.delete(got.id)
    return {"text": got.output_text, "previous": got.previous_response_id == before.id}


if __name__ == "__main__":
    scenario, *arguments = sys.argv[1:]
    print(json.dumps(globals()[scenario](*arguments)))
