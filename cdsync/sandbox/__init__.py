"""The rehearsal: Octopia and PrestaShop played over real HTTP on loopback. Never imports cdsync."""
