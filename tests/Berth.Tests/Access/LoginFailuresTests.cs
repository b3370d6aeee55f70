using System.Net;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Login;
using Berth.Server.Http;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>What failed logins lead to, by the rules alone.</summary>
public sealed class LoginFailuresTests
{
    private static readonly IPAddress Here = IPAddress.Parse("203.0.113.7");

    private readonly SteppedClock _clock = new();
    private readonly LoginFailures _failures;

    public LoginFailuresTests() => _failures = new LoginFailures(_clock);

    [Fact]
    public void Waits_double_from_the_eleventh_failure_of_an_address_on_and_end_at_a_minute()
    {
        for (var i = 0; i < LoginLimits.FreeOfAddress; i++)
            Assert.Null(Fail(Here, $"user{i}", "x"));
        var waits = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            var wait = Fail(Here, $"other{i}", "x");
            Assert.NotNull(wait);
            Assert.False(wait.Value.IsBan);
            waits.Add(Math.Round(wait.Value.Micros / 1e6));
            _clock.Advance(TimeSpan.FromMicroseconds(wait.Value.Micros));
            Assert.Null(Fail(Here, $"other{i}", "x"));
        }
        Assert.Equal(1, waits[0]);
        Assert.All(waits.Zip(waits.Skip(1)), pair => Assert.InRange(pair.Second, pair.First, Math.Min(60, pair.First * 2 + 1)));
        Assert.InRange(waits[^1], 40, 60);
    }

    [Fact]
    public void Whoever_goes_on_is_banned_and_the_next_ban_is_longer()
    {
        var first = Persist();
        Assert.Equal(TimeSpan.FromMinutes(15), first.Duration);
        Assert.True(_failures.Begin(Here, "anyone", "anything").Wait!.Value.IsBan);
        Assert.Null(_failures.Begin(IPAddress.Parse("203.0.113.8"), "anyone", "anything").Wait);
        _clock.Advance(first.Duration);
        Assert.Equal(TimeSpan.FromMinutes(30), Persist().Duration);
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(TimeSpan.FromMinutes(15), Persist().Duration);
    }

    [Fact]
    public void The_same_credentials_count_once_a_while_even_where_another_would_have_to_wait()
    {
        for (var i = 0; i < 100; i++)
            Assert.Null(Fail(Here, "ada", "wrong"));
        for (var i = 0; i < LoginLimits.FreeOfAccount - 1; i++)
            Assert.Null(Fail(Here, "ada", $"wrong {i}"));
        Assert.NotNull(Fail(Here, "ada", "another"));
        Assert.Null(Fail(Here, "ada", "wrong"));
    }

    [Fact]
    public void A_crowd_at_once_gets_no_more_tries_than_one_after_the_other()
    {
        var begun = Enumerable.Range(0, 100).Select(i => _failures.Begin(Here, $"user{i}", "x")).ToList();
        Assert.Equal(LoginLimits.FreeOfAddress, begun.Count(one => one.Wait is null));
    }

    [Fact]
    public void An_ipv6_network_of_64_bits_is_one_client_and_the_next_is_another()
    {
        for (var i = 0; i < LoginLimits.FreeOfAddress; i++)
            Assert.Null(Fail(IPAddress.Parse($"2001:db8:0:1::{i + 1:x}"), $"user{i}", "x"));
        Assert.NotNull(Fail(IPAddress.Parse("2001:db8:0:1:ffff::1"), "more", "x"));
        Assert.Null(Fail(IPAddress.Parse("2001:db8:0:2::1"), "more", "x"));
    }

    [Fact]
    public void An_account_waits_briefly_wherever_the_failures_come_from_but_not_where_its_owner_logged_in_before()
    {
        var home = IPAddress.Parse("198.51.100.1");
        _failures.Succeeded(_failures.Begin(home, "ada", "right").Attempt);
        for (var i = 0; i < 20; i++)
            Fail(IPAddress.Parse($"203.0.113.{i}"), "ada", $"guess {i}");
        var wait = _failures.Begin(IPAddress.Parse("192.0.2.1"), "ada", "right").Wait;
        Assert.InRange(wait!.Value.Micros, 1, LoginLimits.LongestAccountDelay);
        Assert.Null(_failures.Begin(home, "ADA", "right").Wait);
        Assert.Null(_failures.Begin(IPAddress.Parse("192.0.2.1"), "bob", "right").Wait);
    }

    [Fact]
    public void Nobody_locks_an_account_for_good_who_waited_as_told_is_let_in_however_busily_others_try()
    {
        var (attacker, owner) = (0, IPAddress.Parse("192.0.2.1"));
        void Attack() => Fail(IPAddress.Parse($"203.0.{attacker / 250}.{attacker++ % 250}"), "ada", $"guess {attacker}");
        for (var i = 0; i < 20; i++)
            Attack();
        var wait = _failures.Begin(owner, "ada", "right").Wait!.Value;
        for (var left = TimeSpan.FromMicroseconds(wait.Micros); left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Attack();
        }
        Assert.Null(_failures.Begin(owner, "ada", "right").Wait);
    }

    [Fact]
    public void Good_logins_take_back_what_they_began_with_and_forgive_no_address()
    {
        for (var i = 0; i < 50; i++)
            _failures.Succeeded(_failures.Begin(Here, "ada", $"right {i}").Attempt);
        for (var i = 0; i < LoginLimits.FreeOfAddress; i++)
        {
            Assert.Null(Fail(Here, $"user{i}", "x"));
            _failures.Succeeded(_failures.Begin(Here, "attackers-own", "right").Attempt);
        }
        Assert.NotNull(Fail(Here, "more", "x"));
    }

    [Fact]
    public void Failures_fade()
    {
        for (var i = 0; i < LoginLimits.FreeOfAddress + 1; i++)
            Fail(Here, $"user{i}", "x");
        _clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < LoginLimits.FreeOfAddress; i++)
            Assert.Null(Fail(Here, $"again{i}", "x"));
    }

    [Fact]
    public void Unknown_tokens_count_for_the_address_and_the_machine_itself_is_never_banned()
    {
        for (var i = 0; i < 100; i++)
            _failures.FailedToken(IPAddress.Loopback, $"glpat-{i}");
        Assert.Null(_failures.Begin(IPAddress.Loopback, "ada", "right").Wait);
        for (var i = 0; i < LoginLimits.BanFrom; i++)
            _failures.FailedToken(Here, $"glpat-{i}");
        Assert.True(_failures.FailedToken(Here, "glpat-more").Wait!.Value.IsBan);
    }

    [Fact]
    public void A_table_keeps_its_size_and_drops_what_was_set_longest_ago()
    {
        var table = new RecentTable<int, int>(3);
        foreach (var key in new[] { 1, 2, 3, 1, 4, 5 })
            table.Set(key, key);
        Assert.Equal(3, table.Count);
        Assert.Equal([1, null, null, 4, 5], Enumerable.Range(1, 5).Select(table.Find));
    }

    [Fact]
    public void A_limit_lets_so_many_through_a_minute_and_tells_when_the_next_may_come()
    {
        var limit = new RateLimit(60, _clock);
        for (var i = 0; i < 60; i++)
            Assert.Null(limit.Take("a"));
        Assert.InRange(limit.Take("a")!.Value.TotalSeconds, 0.01, 1);
        Assert.Null(limit.Take("b"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, Enumerable.Range(0, 60).Count(_ => limit.Take("a") is null));
    }

    [Fact]
    public async Task Beyond_a_bounded_queue_passwords_are_refused_rather_than_waited_for()
    {
        using var passwords = new Passwords(maxWaiting: 4);
        var hash = await passwords.Hash("right", TestContext.Current.CancellationToken);
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                Assert.True(await passwords.Verify(hash, "right", TestContext.Current.CancellationToken));
            }
            catch (TooManyRequestsException wait)
            {
                Assert.Equal((429, 5), (wait.Status, wait.RetryAfterSeconds));
                Interlocked.Increment(ref refused);
            }
        }));
        Assert.InRange(refused, 1, 46);
        Assert.True(await passwords.Verify(hash, "right", TestContext.Current.CancellationToken));
    }

    /// <summary>Fails as soon as it may, with ever new passwords, until that brings a ban.</summary>
    private LoginBan Persist()
    {
        for (var i = 0; i < 100; i++)
        {
            var (wait, attempt) = _failures.Begin(Here, $"{Guid.NewGuid()}", "x");
            if (wait is { } told)
                _clock.Advance(TimeSpan.FromMicroseconds(told.Micros));
            else if (_failures.Failed(attempt) is { } ban)
                return ban;
        }
        throw new InvalidOperationException("No ban came.");
    }

    private LoginWait? Fail(IPAddress address, string username, string password)
    {
        var (wait, attempt) = _failures.Begin(address, username, password);
        if (wait is null)
            _failures.Failed(attempt);
        return wait;
    }
}
