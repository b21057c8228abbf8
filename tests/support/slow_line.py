"""A line that delays what goes through it, in both directions."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class SlowLine:
    """Takes connections on a port of its own and hands them on, later."""

    def __init__(self, to_port: int, delay_s: float) -> None:
        self.port = 0
        self._to, self._delay_s = to_port, delay_s
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(120)

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        finally:
            back.close()
            writer.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while data := await reader.read(65536):
                loop.call_later(self._delay_s, writer.write, data)
        await asyncio.sleep(self._delay_s)
        writer.close()

    def stop(self) -> None:
        """Take the line away."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)


@contextmanager
def a_slow_line(to_port: int, delay_s: float) -> Iterator[SlowLine]:
    """Put a slow line in front of a port."""
    line = SlowLine(to_port, delay_s)
    try:
        yield line
    finally:
        line.stop()
