using System.Security.Cryptography;
using Berth.Server.Distribution;
using Berth.Tests.Storage;

namespace Berth.Tests.Distribution;

/// <summary>What the file of uploads under way gives to the next process.</summary>
public sealed class HeldUploadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string File => _directory["berth.uploads"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Upload_is_held_again_as_it_was_when_the_process_was_killed()
    {
        var state = RandomNumberGenerator.GetBytes(113);
        var (one, two, gone) = (New("pat:1"), New("ci-job:12345678901"), New("pat:1"));
        using var killed = new HeldUploads(File);
        Assert.True(killed.TryAdd(one) && killed.TryAdd(gone) && killed.TryAdd(two));
        Assert.True(killed.Replace(two.Session with { Received = 5_000_000_000, HashState = state }, 77));
        killed.Remove(gone.Session.Id);

        using var next = new HeldUploads(File);
        Assert.Equal(one, next.Find(one.Session.Id));
        var found = next.Find(two.Session.Id)!;
        Assert.Equal(two with { Session = two.Session with { Received = 5_000_000_000, HashState = found.Session.HashState }, ExpiresAt = 77 }, found);
        Assert.True(killed.Find(two.Session.Id)!.Session.Version > two.Session.Version);
        Assert.Equal(state, found.Session.HashState);
        Assert.Null(next.Find(gone.Session.Id));
        Assert.Equal(1, next.CountOf("pat:1"));
        Assert.Equal(2, next.ExpiringBefore(long.MaxValue).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(57)]
    [InlineData(100)]
    [InlineData(511)]
    public void Half_written_slot_is_free_and_the_others_count(int damaged)
    {
        var (one, two) = (New("pat:1"), New("pat:1"));
        using (var killed = new HeldUploads(File))
            Assert.True(killed.TryAdd(one) && killed.TryAdd(two));
        using (var file = new FileStream(File, FileMode.Open))
        {
            file.Position = damaged;
            var was = file.ReadByte();
            file.Position = damaged;
            file.WriteByte((byte)(was ^ 1));
        }

        using var next = new HeldUploads(File);
        Assert.Null(next.Find(one.Session.Id));
        Assert.Equal(two, next.Find(two.Session.Id));
        Assert.True(next.TryAdd(New("pat:2")));
        Assert.Equal(2 * HeldUpload.Bytes, new FileInfo(File).Length);
    }

    [Fact]
    public void File_that_ends_in_the_middle_of_a_slot_is_taken_up_to_there()
    {
        var (one, two) = (New("pat:1"), New("pat:1"));
        using (var killed = new HeldUploads(File))
            Assert.True(killed.TryAdd(one) && killed.TryAdd(two));
        using (var file = new FileStream(File, FileMode.Open))
            file.SetLength(HeldUpload.Bytes + 100);
        using var next = new HeldUploads(File);
        Assert.Equal([one], next.ExpiringBefore(long.MaxValue));
        Assert.True(next.TryAdd(two));
        using var last = new HeldUploads(File);
        Assert.Equal(two, last.Find(two.Session.Id));
    }

    [Fact]
    public void Slots_are_used_again_and_no_more_than_4096_are_held()
    {
        using var held = new HeldUploads(File);
        for (var i = 0; i < 5000; i++)
        {
            var upload = New("pat:1");
            Assert.True(held.TryAdd(upload));
            held.Remove(upload.Session.Id);
        }
        Assert.Equal(HeldUpload.Bytes, new FileInfo(File).Length);
        for (var i = 0; i < 4096; i++)
            Assert.True(held.TryAdd(New($"pat:{i}")));
        Assert.False(held.TryAdd(New("pat:1")));
        Assert.Equal(4096 * HeldUpload.Bytes, new FileInfo(File).Length);
        Assert.Equal(4096, held.RemoveExpired(long.MaxValue).Count);
        Assert.Equal(0, held.CountOf("pat:1"));
        Assert.True(held.TryAdd(New("pat:1")));
    }

    [Fact]
    public void Progress_is_taken_from_one_request_at_a_time()
    {
        using var held = new HeldUploads(File);
        var upload = New("pat:1");
        Assert.True(held.TryAdd(upload));
        Assert.True(held.Replace(upload.Session with { Received = 10 }, 77));
        Assert.False(held.Replace(upload.Session with { Received = 20 }, 77));
        Assert.Equal(10, held.Find(upload.Session.Id)!.Session.Received);
    }

    [Fact]
    public void Nothing_is_held_where_others_have_the_database_too()
    {
        using var none = new HeldUploads(null);
        Assert.False(none.TryAdd(New("pat:1")));
        Assert.False(none.Replace(New("pat:1").Session, 1));
        none.Shrink();
    }

    private static HeldUpload New(string subject) =>
        new(UploadSession.New(Guid.CreateVersion7().ToString("N")) with { IsHeld = true }, RepositoryId: 42, subject, ExpiresAt: 1000);
}
