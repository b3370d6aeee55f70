using Berth.Server.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Tests.Storage;

public sealed class FreeSpaceTests
{
    private readonly FakeTimeProvider _time = new();
    private long _free = 3L << 30;
    private int _measured;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1L << 30, true)]
    [InlineData((1L << 30) + 1, false)]
    [InlineData(long.MaxValue, false)]
    public void Room_is_what_lies_above_the_minimum(long bytes, bool granted)
    {
        var space = Space(minimum: 2L << 30);
        if (granted)
            space.Ensure(bytes);
        else
            Assert.Throws<StorageFullException>(() => space.Ensure(bytes));
    }

    [Fact]
    public void Message_says_what_is_free_what_is_kept_and_which_setting_keeps_it()
    {
        var fault = Assert.Throws<StorageFullException>(() => Space(minimum: 4L << 30).Ensure(5 << 20));
        Assert.Equal(
            "The registry's storage has 3.0 GiB free, this needs 5.0 MiB more, and 4.0 GiB stay reserved (setting MinimumFreeSpace). "
            + "Free some space, then push again.",
            fault.Message);
    }

    [Fact]
    public void Disk_is_asked_at_most_once_a_second()
    {
        _free = 6L << 30;
        var space = Space(minimum: 1 << 30);
        space.Ensure(0);
        _free = 0;
        _time.Advance(TimeSpan.FromMilliseconds(999));
        space.Ensure(0);
        Assert.Equal(1, _measured);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Throws<StorageFullException>(() => space.Ensure(0));
        Assert.Equal(2, _measured);
    }

    [Fact]
    public void Disk_is_asked_each_time_when_little_is_left()
    {
        _free = 4L << 30;
        var space = Space(minimum: 1 << 30);
        space.Ensure(0);
        _free = 1 << 30;
        space.Ensure(0);
        _free--;
        Assert.Throws<StorageFullException>(() => space.Ensure(0));
    }

    private FreeSpace Space(long minimum) => new(Measure, minimum, _time);

    private long Measure()
    {
        _measured++;
        return _free;
    }
}
