using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Berth.Server.Storage;

/// <summary>
/// OpenSSL's low-level sha256, whose whole state is a plain block of memory that can be copied out and back, which no
/// interface of the class library offers. The block: eight 32-bit words of hash, the number of bits (64-bit), the bytes of
/// an unfinished 64-byte block, their number, the hash's length; integers in the machine's order.
/// </summary>
internal static unsafe class OpenSslSha256
{
    /// <summary>The size of the state in bytes: SHA256_CTX has been this since OpenSSL 0.9.8.</summary>
    public const int StateSize = 112;

    private const int BitCountAt = 32;
    private const int PendingAt = 104;
    private const int HashLengthAt = 108;
    private const int BlockSize = 64;

    private static readonly nint Library = Load();
    private static readonly delegate* unmanaged<byte*, int> InitFunction =
        (delegate* unmanaged<byte*, int>)Find("SHA256_Init");
    private static readonly delegate* unmanaged<byte*, byte*, nuint, int> UpdateFunction =
        (delegate* unmanaged<byte*, byte*, nuint, int>)Find("SHA256_Update");
    private static readonly delegate* unmanaged<byte*, byte*, int> FinalFunction =
        (delegate* unmanaged<byte*, byte*, int>)Find("SHA256_Final");

    /// <summary>Whether the library is there and its state is laid out as we know it.</summary>
    public static bool IsAvailable { get; } =
        InitFunction is not null && UpdateFunction is not null && FinalFunction is not null && HashesAsExpected();

    public static void Init(Span<byte> state)
    {
        fixed (byte* context = state[..StateSize])
            Check(InitFunction(context));
    }

    public static void Update(Span<byte> state, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* context = state[..StateSize], data = bytes)
            Check(UpdateFunction(context, data, (nuint)bytes.Length));
    }

    /// <summary>Writes the hash and spoils the state.</summary>
    public static void Final(Span<byte> state, Span<byte> hash)
    {
        fixed (byte* context = state[..StateSize], result = hash[..SHA256.HashSizeInBytes])
            Check(FinalFunction(result, context));
    }

    /// <summary>How many bytes went into the state.</summary>
    public static long LengthOf(ReadOnlySpan<byte> state) => (long)(MemoryMarshal.Read<ulong>(state[BitCountAt..]) / 8);

    /// <summary>
    /// Whether OpenSSL may be given this state: with a wrong number of pending bytes it would write beyond the block.
    /// </summary>
    public static bool IsSound(ReadOnlySpan<byte> state) =>
        state.Length == StateSize
        && MemoryMarshal.Read<ulong>(state[BitCountAt..]) % 8 == 0
        && MemoryMarshal.Read<uint>(state[PendingAt..]) == LengthOf(state) % BlockSize
        && MemoryMarshal.Read<uint>(state[HashLengthAt..]) == SHA256.HashSizeInBytes;

    private static nint Load() =>
        NativeLibrary.TryLoad("libcrypto.so.3", out var library) || NativeLibrary.TryLoad("libcrypto.so.1.1", out library) ? library : 0;

    private static nint Find(string name) => Library != 0 && NativeLibrary.TryGetExport(Library, name, out var address) ? address : 0;

    private static bool HashesAsExpected()
    {
        // Twice the known size, so that a longer state of an unknown library does no harm before it is found out.
        Span<byte> state = stackalloc byte[2 * StateSize];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        state.Clear();
        Init(state);
        Update(state, "abc"u8);
        if (!BitConverter.IsLittleEndian || !IsSound(state[..StateSize]) || LengthOf(state) != 3)
            return false;
        if (state[StateSize..].ContainsAnyExcept((byte)0))
            return false;
        Final(state, hash);
        return hash.SequenceEqual(SHA256.HashData("abc"u8));
    }

    private static void Check(int result)
    {
        if (result != 1)
            throw new CryptographicException("OpenSSL's sha256 failed.");
    }
}
