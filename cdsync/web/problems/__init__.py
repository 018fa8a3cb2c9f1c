"""Problems by cause."""
