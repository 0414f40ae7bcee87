#!/usr/bin/env python3
"""Simulates latency: forwards TCP connections, and delays every byte by half a round trip.

  delay.py TARGET MILLISECONDS    TARGET is HOST:PORT; prints its own HOST:PORT once it listens
"""

import asyncio
import sys

CHUNK = 1 << 18


async def carry(reader, writer, delay):
    """Forwards data after `delay` seconds, in order; many pieces can be in flight."""
    loop = asyncio.get_running_loop()
    in_flight = asyncio.Queue(maxsize=1000)

    async def deliver():
        while (piece := await in_flight.get()) is not None:
            due, data = piece
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            writer.write(data)
            await writer.drain()
        writer.close()

    delivery = asyncio.create_task(deliver())
    try:
        while data := await reader.read(CHUNK):
            await in_flight.put((loop.time() + delay, data))
    except ConnectionError:
        pass
    await in_flight.put(None)
    await asyncio.gather(delivery, return_exceptions=True)


async def main(target, milliseconds):
    host, port = target.split(":")

    async def serve(reader, writer):
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        delay = float(milliseconds) / 2000
        await asyncio.gather(carry(reader, far_writer, delay), carry(far_reader, writer, delay))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
