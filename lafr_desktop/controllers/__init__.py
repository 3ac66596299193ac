"""What happens: each controller turns wishes into calls on the album and answers by signals."""
