using Berth.Server.Http;
using Berth.Tests.Harness;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Http;

/// <summary>The blocks that connections receive into.</summary>
public sealed class TransportMemoryTests(TestServer shared) : IClassFixture<TestServer>
{
    [Fact]
    public void Connections_receive_into_our_blocks_and_not_into_those_of_Kestrel() =>
        Assert.IsType<TransportMemory>(Assert.Single(shared.Services.GetServices<IMemoryPoolFactory<byte>>()));
}
