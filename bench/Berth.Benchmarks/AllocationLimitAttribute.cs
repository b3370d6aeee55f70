namespace Berth.Benchmarks;

/// <summary>What one operation may allocate, on all threads together; beyond it the guard fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AllocationLimitAttribute(long bytes) : Attribute
{
    public long Bytes { get; } = bytes;
}
