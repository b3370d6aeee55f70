namespace Berth.Server.Configuration;

/// <summary>Where the server's certificate comes from (setting Tls).</summary>
internal enum TlsMode
{
    /// <summary>Plain HTTP; on loopback, or behind a proxy that ends TLS.</summary>
    Off,

    /// <summary>A CA and a certificate of our own, kept in <c>tls/</c> of the data directory.</summary>
    SelfSigned,

    /// <summary>The files of the settings Tls__Certificate and Tls__Key.</summary>
    Files,
}
