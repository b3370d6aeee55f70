namespace Berth.Runner.Configuration;

/// <summary>What a container may use at most; memory in bytes, CPUs in billionths, zero for no limit.</summary>
internal sealed record ContainerLimits
{
    public long Memory { get; init; }

    public long MemorySwap { get; init; }

    public long MemoryReservation { get; init; }

    public long NanoCpus { get; init; }

    public long CpuShares { get; init; }

    public string CpusetCpus { get; init; } = "";

    public string CgroupParent { get; init; } = "";
}
