# The same with LangChain.
#   pip install langchain-openai
#   INDIFLY_KEY=ifk_… python examples/openai/langchain.py "Can a landlord keep the whole deposit?"
import os
import sys

from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model="gpt-4o-mini",
    base_url=os.environ.get("INDIFLY_URL", "http://localhost:8787/v1"),
    api_key=os.environ["INDIFLY_KEY"],
)

question = sys.argv[1] if len(sys.argv) > 1 else "Can a landlord keep the whole deposit?"
for chunk in model.stream([("system", "Answer in two sentences."), ("human", question)]):
    print(chunk.text, end="", flush=True)
print()
