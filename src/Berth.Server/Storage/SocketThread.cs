using System.Globalization;
using System.Runtime.CompilerServices;

namespace Berth.Server.Storage;

/// <summary>
/// .NET's threads that wait for sockets, a few for all connections. Answers out of memory are given on them; what may wait for a disk, a
/// database or a processor leaves them first.
/// </summary>
internal static class SocketThread
{
    private const string Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    [ThreadStatic]
    private static bool _isCurrent;

    [ThreadStatic]
    private static int _answers;

    private static int _refusals;

    /// <summary>Has one made for each core, as .NET does itself where all answers are given on them. To be called before the first socket.</summary>
    public static void SetCount()
    {
        if (Environment.GetEnvironmentVariable(Count) is null)
            Environment.SetEnvironmentVariable(Count, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Whether the caller is on one. Only to be asked where sockets are served: any thread that is not the pool's passes for one, and is
    /// known for it from then on.
    /// </summary>
    public static bool Meet() => _isCurrent || (_isCurrent = !Thread.CurrentThread.IsThreadPoolThread);

    /// <summary>Whether the caller is on one that was met.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>The number of an answer that the caller's thread is about to give; to be told for each.</summary>
    public static int CountAnswer() => unchecked(++_answers);

    /// <summary>Whether answers may be given on them now.</summary>
    public static bool MayAnswer => Volatile.Read(ref _refusals) == 0;

    /// <summary>Takes all answers from them until <see cref="Allow"/>, as what each of them does may have to wait soon.</summary>
    public static void Refuse() => Interlocked.Increment(ref _refusals);

    /// <summary>Takes one <see cref="Refuse"/> back.</summary>
    public static void Allow() => Interlocked.Decrement(ref _refusals);

    /// <summary>To be awaited before what may block or takes long: goes on on a thread of the pool, where it is not on one already.</summary>
    public static Departure Leave() => default;

    /// <summary>What <see cref="Leave"/> gives to await.</summary>
    public readonly struct Departure : ICriticalNotifyCompletion
    {
        public bool IsCompleted => !_isCurrent;

        public Departure GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static go => go(), continuation, preferLocal: false);

        public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static go => go(), continuation, preferLocal: false);
    }
}
