using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Berth.Server.Http;

/// <summary>
/// The blocks into which Kestrel receives. Its own are 4 KiB, one system call and up to two changes of thread each: with 32 KiB an upload
/// costs half the processor time, with 128 KiB an eighth less again. A connection holds blocks only while bytes wait in them, so idle ones
/// cost nothing, and a small request touches only the first pages of a new block. One pool serves every listener, and uploads on their
/// way from a connection to the store.
/// </summary>
internal sealed class TransportMemory : IMemoryPoolFactory<byte>
{
    /// <summary>
    /// Bytes that wait of one connection, before its client has to; a chunked body may have as many again on their way to its reader.
    /// Kestrel's 1 MiB is 64 MiB for 32 uploads, and no faster.
    /// </summary>
    private const int MaxWaitingBytes = 256 * 1024;

    private readonly Pool _pool = new();

    public static void Bound(SocketTransportOptions options) => options.MaxReadBufferSize = MaxWaitingBytes;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => _pool;

    /// <summary>A block of at least so many bytes; at most 128 KiB.</summary>
    public IMemoryOwner<byte> Rent(int bytes) => _pool.Rent(bytes);

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockBytes = 128 * 1024;

        /// <summary>
        /// 24 MiB kept, more than 32 uploads have at once. What is given back beyond it is left to the collector, which gets to pinned blocks
        /// so seldom that a limit below the usual load costs more memory than it saves.
        /// </summary>
        private const int MaxFree = 192;

        // Last in, first out: that block is still in the processor's cache.
        private readonly Block[] _free = new Block[MaxFree];
        private readonly Lock _gate = new();
        private int _freeCount;

        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            lock (_gate)
            {
                if (_freeCount > 0)
                    return _free[--_freeCount];
            }
            return new Block(this);
        }

        /// <summary>A listener that ends disposes its pool; others may still use this one.</summary>
        protected override void Dispose(bool disposing)
        {
        }

        private void Return(Block block)
        {
            lock (_gate)
            {
                if (_freeCount < MaxFree)
                    _free[_freeCount++] = block;
            }
        }

        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            // Pinned: the kernel writes into it.
            private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

            public Memory<byte> Memory => _bytes;

            public void Dispose() => pool.Return(this);
        }
    }
}
