"""What leaves the house: tables, later briefs and slides. Whatever leaves is inert."""
